// Search among all stories while one types, and show the place in the mail that a finding points at.
"use strict";

// --- search ---

const search = byId("search");
let asked = 0;
let pause = 0;

async function look_for() {
  const mine = asked += 1;
  const answer = await fetch(`/search?${new URLSearchParams({ q: search.value })}`);
  if (!answer.ok || mine !== asked) return; // a later letter asked again
  byId("found").innerHTML = (await answer.json()).html;
  document.dispatchEvent(new Event("shown"));
}

if (search) {
  search.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(look_for, 120); });
  byId("adding").addEventListener("toggle", () => { if (byId("adding").open) look_for(); });
  document.addEventListener("changed", () => { if (byId("adding").open && !inHand()) look_for(); });
}

// --- findings ---

const choose = (name, value) => {
  const field = view.querySelector(`[name=${name}]`);
  if (field.value === value) return false;
  field.value = value;
  frame();
  return true;
};

function open_pane(name) {
  const button = document.querySelector(`[data-pane-of="${name}"]`);
  if (button.offsetParent) button.click();
}

function mark_place(number, url) {
  const page = stage.querySelector("iframe:not(.coming)").contentDocument;
  for (const old of page.querySelectorAll("[data-shown]")) {
    old.style.outline = old.style.outlineOffset = "";
    delete old.dataset.shown;
  }
  let place = page.querySelector(`[data-finding~="${number}"]`);
  if (!place && url) place = [...page.querySelectorAll("a[href]")].find((link) => link.getAttribute("href").startsWith(url));
  while (place && !place.getClientRects().length) place = place.parentElement; // hidden there: its surroundings
  if (!place || place === page.documentElement) return say(words.no_spot, true);
  place.dataset.shown = "";
  place.style.outline = "3px solid #c2410c";
  place.style.outlineOffset = "2px";
  place.scrollIntoView({ block: "center" });
  return undefined;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-number]");
  if (!button) return;
  const { number, field, url } = button.dataset;
  if (field) {
    open_pane("edition");
    byId(field).scrollIntoView({ block: "center" });
    byId(field).focus();
    return;
  }
  open_pane("mail");
  if (choose("view", "html")) stage.addEventListener("framed", () => mark_place(number, url), { once: true });
  else mark_place(number, url);
});

document.addEventListener("change", (event) => {
  if (event.target.name === "severity") document.body.dataset.severity = event.target.value;
});
document.addEventListener("shown", () => {
  const filter = byId("severity");
  if (filter) filter.value = document.body.dataset.severity || "";
});
