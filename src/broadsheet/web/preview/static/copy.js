// Put the export for a platform on the clipboard; where that is refused, the text stands there selected.
"use strict";

const exporting = byId("export");
const toCopy = byId("to-copy");
const textToCopy = byId("text-to-copy");

function forget() {
  if (toCopy.contains(document.activeElement)) byId("copy").focus();
  toCopy.hidden = true;
  textToCopy.textContent = "";
  byId("export-notes").replaceChildren();
}

async function fetched(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!(answer.headers.get("content-type") || "").startsWith("application/json")) throw new Error((await answer.text()).slice(0, 300));
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.notice);
  return told;
}

// The promise is handed over at once: Safari lets a page write only within the press of the button itself.
async function onClipboard(coming) {
  const text = coming.then((told) => new Blob([told.text], { type: "text/plain" }));
  text.catch(() => {}); // is told by whoever waits for `coming`
  try {
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": text })]);
    return true;
  } catch { // refused by the browser, or there is none, as under http from elsewhere
    return false;
  }
}

async function copyExport(url) {
  forget();
  try {
    const coming = fetched(url);
    const did = onClipboard(coming);
    const told = await coming;
    byId("export-notes").replaceChildren(...told.notes.map((note) => Object.assign(document.createElement("p"), { textContent: note })));
    if (await did) {
      say(told.said, false);
      return;
    }
    textToCopy.textContent = told.text;
    toCopy.hidden = false;
    textToCopy.focus();
    textToCopy.select();
    say(spoken("copy_by_hand"), true);
  } catch (error) {
    say(error instanceof TypeError ? `${spoken("not_reached")} (${error.message})` : error.message, true);
  }
}

exporting.addEventListener("submit", (event) => {
  if (event.submitter !== byId("copy")) return;
  event.preventDefault();
  copyExport(`/export?${new URLSearchParams(new FormData(exporting, event.submitter))}`);
});
textToCopy.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.stopPropagation();
  forget();
});
byId("platform").addEventListener("change", forget);
document.addEventListener("changed", forget); // what was exported is no longer the edition
