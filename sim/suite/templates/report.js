"use strict";
const filter = document.getElementById("filter");
const shown = document.getElementById("shown");
const scenarios = [...document.querySelectorAll(".scenario")];
const words = new Map(scenarios.map((scenario) => [
  scenario,
  (scenario.className + " " + scenario.textContent + " " + scenario.closest(".feature").querySelector("h3").textContent).toLowerCase(),
]));
const visible = () => scenarios.filter((scenario) => !scenario.hidden);
function apply() {
  const wanted = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const scenario of scenarios) scenario.hidden = !wanted.every((word) => words.get(scenario).includes(word));
  for (const feature of document.querySelectorAll(".feature")) feature.hidden = !feature.querySelector(".scenario:not([hidden])");
  shown.textContent = wanted.length ? visible().length + " of " + scenarios.length : "";
  history.replaceState(null, "", wanted.length ? "#?" + encodeURIComponent(filter.value) : location.pathname);
}
function move(by) {
  const all = visible().map((scenario) => scenario.firstElementChild);
  const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(document.activeElement) + by))];
  if (next) next.focus();
}
filter.addEventListener("input", apply);
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target === filter) {
    if (event.key === "Escape") { filter.value = ""; apply(); filter.blur(); }
  } else if (event.key === "/") { event.preventDefault(); filter.focus(); }
  else if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
});
// A page opened from a file has no clipboard in some browsers; there a selected text is copied the old way.
function copyOldWay(text) {
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
// What matters stands at the end: a journal opens there.
for (const journal of document.querySelectorAll("details.journal")) {
  journal.addEventListener("toggle", () => {
    const list = journal.querySelector("ol");
    list.scrollTop = list.scrollHeight;
  }, { once: true });
}
document.addEventListener("click", async (event) => {
  const text = event.target.dataset.copy;
  if (!text) return;
  try { await navigator.clipboard.writeText(text); } catch { copyOldWay(text); }
  event.target.textContent = "Copied";
});
if (location.hash.startsWith("#?")) { filter.value = decodeURIComponent(location.hash.slice(2)); apply(); }
