//! `docs/steps.md`.

use super::{Concept, ParameterType, Step, Vocabulary};

/// The page, with a line break at its end.
pub(super) fn render(vocabulary: &Vocabulary) -> String {
    let mut page = HEAD.to_owned();
    vocabulary.parameters.iter().for_each(|parameter| page.push_str(&own(parameter)));
    page.push_str(BUILT_IN);
    vocabulary.concepts.iter().for_each(|concept| page.push_str(&table(concept)));
    page
}

fn own(parameter: &ParameterType) -> String {
    format!("| `{{{}}}` | {} | `{}` |\n", parameter.name, parameter.says, parameter.pattern.replace('|', "\\|"))
}

fn table(concept: &Concept) -> String {
    let rows: String = concept.steps.iter().map(row).collect();
    let (file, about) = (&concept.file, &concept.about);
    format!("\n## `{file}`\n\n{about}\n\n| step | what it does or checks | example |\n|---|---|---|\n{rows}")
}

fn row(step: &Step) -> String {
    let forms: Vec<String> = step.forms.iter().map(|form| format!("{} `{}`", form.keyword, form.text)).collect();
    let example = step.forms.iter().find_map(|form| form.example.as_ref());
    let example = example.map_or_else(|| "used by no feature yet".to_owned(), |text| format!("`{text}`"));
    format!("| {} | {} | {} |\n", forms.join("<br>"), step.says, example.replace('|', "\\|"))
}

const HEAD: &str = "\
# Steps

The vocabulary of feature files. Every step is in `sim/suite/src/steps/`, one file for each concept below.
`passkey-lab steps` prints them, each with its line; `passkey-lab steps --page docs/steps.md` writes this page.

A step belongs to `Given` (what is so), `When` (what somebody does) or `Then` (what an outsider can see); `And` and
`But` continue the word before them. `a/b` means either word, `(s)` may be left out. Examples are the first use in
`features/`.

A step that nobody has written fails the scenario; the message names similar ones, if there are any.

## In an editor

The texts are cucumber expressions, which the Cucumber extensions of editors complete. In VS Code's `settings.json`:

```json
{
  \"cucumber.features\": [\"features/**/*.feature\"],
  \"cucumber.glue\": [\"sim/suite/src/steps/*.rs\"]
}
```

The table of parameters has the regular expressions for `cucumber.parameterTypes`.

## Parameters

| parameter | what it takes | regular expression |
|---|---|---|
";

const BUILT_IN: &str = "\
| `{string}` | Text in quotes. | |
| `{int}` | A whole number. | |
| `{word}` | A word without spaces. | |
";
