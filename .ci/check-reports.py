#!/usr/bin/env python3
"""Reads the reports of a run with readers that others wrote, and compares their counts with the closing line.

    check-reports.py REPORT_FOLDER CLOSING_LINE      for example  reports/latest "61 passed, 0 failed"
    check-reports.py REPORT_FOLDER LOG_FILE          takes the last closing line of a log

messages.ndjson is read by the reference reader of Cucumber Messages (PyPI cucumber-messages 34.2.0, the release that
the stream names), junit.xml by Python's own XML parser. Exits with 1 on any difference.
"""

import json
import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from cucumber_messages import Envelope, TestStepResultStatus, message_converter

CLOSING_LINE = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.MULTILINE)
HARMLESS = {TestStepResultStatus.passed}


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(sys.argv[1])
    closing = closing_counts(sys.argv[2])
    problems = []
    found = {
        "messages.ndjson": message_counts(folder / "messages.ndjson", problems),
        "junit.xml": junit_counts(folder / "junit.xml", problems),
    }
    for name, counts in found.items():
        print(f"{name}: {words(counts)}")
        if counts != closing:
            problems.append(f"{name} counts {words(counts)}, the closing line {words(closing)}")
    for problem in problems:
        print(f"WRONG: {problem}", file=sys.stderr)
    return 1 if problems else 0


def closing_counts(argument: str) -> tuple[int, int, int]:
    text = argument if CLOSING_LINE.search(argument) else Path(argument).read_text(encoding="utf-8")
    lines = CLOSING_LINE.findall(text)
    if not lines:
        sys.exit(f"{argument!r} has no line 'N passed, N failed'")
    passed, failed, skipped = lines[-1]
    return int(passed), int(failed), int(skipped or 0)


def message_counts(path: Path, problems: list[str]) -> tuple[int, int, int]:
    envelopes = [envelope(number, line, problems) for number, line in enumerate(lines_of(path), 1)]
    by_kind = {
        kind: [getattr(each, kind) for each in envelopes if getattr(each, kind) is not None]
        for kind in Envelope.__dataclass_fields__
    }
    check_references(by_kind, problems)
    results: dict[str, list[TestStepResultStatus]] = {each.id: [] for each in by_kind["test_case_started"]}
    for step in by_kind["test_step_finished"]:
        results[step.test_case_started_id].append(step.test_step_result.status)
    passed = sum(1 for each in results.values() if set(each) <= HARMLESS)
    failed = len(results) - passed
    skipped = len(by_kind["pickle"]) - len(by_kind["test_case"])
    finished = by_kind["test_run_finished"]
    if len(finished) != 1 or finished[0].success != (failed == 0 and skipped == 0):
        problems.append("testRunFinished does not say whether the run succeeded")
    return passed, failed, skipped


def envelope(number: int, line: str, problems: list[str]) -> Envelope:
    written = json.loads(line)
    read = message_converter.from_dict(written, Envelope)
    # The reader drops what it does not know, so a misspelt field shows only in what it gives back.
    if message_converter.to_dict(read) != written:
        problems.append(f"line {number} of messages.ndjson is not given back as it was written: {line[:120]}")
    return read


def check_references(by_kind: dict, problems: list[str]) -> None:
    documents = by_kind["gherkin_document"]
    pickles = {each.id: each for each in by_kind["pickle"]}
    cases = {each.id: each for each in by_kind["test_case"]}
    definitions = {each.id for each in by_kind["step_definition"]}
    hooks = {each.id for each in by_kind["hook"]}
    started = {each.id: each for each in by_kind["test_case_started"]}
    finished = {each.test_case_started_id for each in by_kind["test_case_finished"]}
    nodes = {node for document in documents for node in ids(message_converter.to_dict(document))}

    def check(holds: bool, problem: str) -> None:
        if not holds:
            problems.append(problem)

    check({each.uri for each in by_kind["source"]} == {each.uri for each in documents}, "a source has no document")
    for pickle in pickles.values():
        sources = [*pickle.ast_node_ids, *(tag.ast_node_id for tag in pickle.tags)]
        sources += [node for step in pickle.steps for node in step.ast_node_ids]
        check(all(node in nodes for node in sources), f"pickle {pickle.name!r} points to no node")
        check(all(step.ast_node_ids for step in pickle.steps), f"a step of pickle {pickle.name!r} has no node")
    for case in cases.values():
        check(case.pickle_id in pickles, f"test case {case.id} has no pickle")
        wanted = [step.id for step in pickles[case.pickle_id].steps] if case.pickle_id in pickles else []
        steps = [step.pickle_step_id for step in case.test_steps if step.pickle_step_id]
        check(steps == wanted, f"test case {case.id} has other steps than its pickle")
        for step in case.test_steps:
            check(step.hook_id is None or step.hook_id in hooks, f"test step {step.id} has no hook")
            used = step.step_definition_ids or []
            check(all(each in definitions for each in used), f"test step {step.id} has no step definition")
            check(len(used) == len(step.step_match_arguments_lists or []), f"test step {step.id} lacks arguments")
    check({each.test_case_id for each in started.values()} == set(cases), "a test case never started")
    check(set(started) == finished, "a test case started and never finished")
    for kind in ("test_step_started", "test_step_finished"):
        reported = [(each.test_case_started_id, each.test_step_id) for each in by_kind[kind]]
        expected = [(each.id, step.id) for each in started.values() for step in cases[each.test_case_id].test_steps]
        check(reported == expected, f"{kind} does not tell of every step once and in order")


def ids(tree) -> list[str]:
    if isinstance(tree, list):
        return [found for each in tree for found in ids(each)]
    if isinstance(tree, dict):
        own = [tree["id"]] if "id" in tree else []
        return own + [found for each in tree.values() for found in ids(each)]
    return []


def junit_counts(path: Path, problems: list[str]) -> tuple[int, int, int]:
    root = ElementTree.parse(path).getroot()
    cases = list(root.iter("testcase"))
    failed = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
    skipped = sum(1 for case in cases if case.find("skipped") is not None)
    stated = tuple(int(root.get(name, "0")) for name in ("tests", "failures", "errors"))
    if stated != (len(cases), failed, 0):
        problems.append(f"junit.xml states {stated} tests, failures, errors and holds {(len(cases), failed, 0)}")
    names = [(case.get("classname"), case.get("name"), case.get("line")) for case in cases]
    if len(set(names)) != len(names):
        problems.append("two test cases of junit.xml cannot be told apart")
    return len(cases) - failed - skipped, failed, skipped


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def words(counts: tuple[int, int, int]) -> str:
    return "{} passed, {} failed, {} skipped".format(*counts)


if __name__ == "__main__":
    sys.exit(main())
