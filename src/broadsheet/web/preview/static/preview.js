// The editors' page: forms are sent and regions replaced in place; what is being typed, focus and scroll are kept.
"use strict";

const PAUSE = 25; // milliseconds until the next question; the server answers once something has changed
const STAYS = 10000; // milliseconds that a good word is shown
const seen = { state: "", revision: "", hash: "", regions: {} };
const byId = (id) => document.getElementById(id);
const notice = byId("notice");
const stage = byId("stage");
const view = byId("view");
let inLine = Promise.resolve(true);
let waiting = 0;
let deeds = 0;
let held = false; // a grip is pressed
let fading = 0;
const inHand = () => held || Boolean(Sortable.active);
const words = JSON.parse(document.body.dataset.words);
const spoken = (name, places = {}) => words[name].replace(/\{(\w+)\}/g, (whole, place) => places[place] ?? whole);

// --- what is being typed ---

const isDirty = (field) => field.value !== field.defaultValue;
const fields = () => document.querySelectorAll("main textarea, main input[type=text], main input[type=email], main input[type=url]");

function mark(form) {
  const written = [...form.querySelectorAll("textarea")];
  written.forEach((field) => field.classList.toggle("changed", isDirty(field)));
  form.classList.toggle("unsaved", written.some(isDirty));
}

function typed(sent) {
  const kept = new Map();
  for (const field of fields()) {
    if (field.closest("#adding")) continue; // stands outside of what is replaced
    if (!field.id || !isDirty(field)) continue;
    if (sent && sent.get(field.id) === field.value) continue; // it arrived
    kept.set(field.id, { value: field.value, base: field.defaultValue });
  }
  return kept;
}

function giveBack(kept) {
  for (const [id, { value, base }] of kept) {
    const field = byId(id);
    if (!field || field.readOnly) {
      say(spoken("no_place", { text: value }), true);
      continue;
    }
    field.value = value;
    if (field.tagName !== "TEXTAREA") continue;
    mark(field.form);
    if (field.defaultValue !== base && isDirty(field)) {
      const note = document.createElement("p");
      note.className = "meanwhile";
      note.textContent = spoken("meanwhile", { text: field.defaultValue });
      field.after(note);
    }
  }
}

// --- showing ---

function say(text, isError) {
  notice.textContent = text;
  notice.className = isError ? "error" : "";
  clearTimeout(fading);
  if (!isError) fading = setTimeout(() => { notice.textContent = ""; }, STAYS); // what went wrong stays until it is read
}

byId("dismiss").addEventListener("click", () => say("", true));

const unfolded = new Map();
document.addEventListener("toggle", (event) => {
  if (event.target.id && event.target.isConnected) unfolded.set(event.target.id, event.target.open);
}, true);

function show(answer, sent) {
  const kept = typed(sent);
  const active = document.activeElement;
  const focus = active && active.id && active.closest("main")
    ? { id: active.id, from: active.selectionStart, to: active.selectionEnd } : null;
  const story = active && active.closest("[data-story]");
  const around = story ? neighbours(story) : [];
  const ticked = answer.hash === seen.hash ? [...document.querySelectorAll("[name=acknowledged]:checked")].map((box) => box.id) : [];
  for (const [name, html] of Object.entries(answer.regions)) {
    if (seen.regions[name] === html) continue;
    seen.regions[name] = html;
    byId(name).innerHTML = html; // escaped by the server; the page's policy lets no script in it run
  }
  for (const one of document.querySelectorAll("main details[id]")) one.open = unfolded.get(one.id) ?? one.open;
  for (const id of ticked) if (byId(id)) byId(id).checked = true;
  giveBack(kept);
  const other = seen.revision !== answer.revision;
  seen.revision = answer.revision;
  const changed = answer.hash !== seen.hash;
  seen.hash = answer.hash;
  if (changed) frame();
  document.dispatchEvent(new Event("shown"));
  if (other) document.dispatchEvent(new Event("changed"));
  if (!focus || document.activeElement === byId(focus.id)) return;
  const buttons = (id) => [byId(focus.id.replace(story.dataset.story, id)), document.querySelector(`.picks [data-story="${id}"] button`)];
  const target = [byId(focus.id), ...(story ? [story.dataset.story, ...around].flatMap(buttons) : [])].find((one) => one && one.checkVisibility());
  if (!target) return;
  target.focus({ preventScroll: true });
  if (focus.from !== undefined && focus.from !== null && target.setSelectionRange && target.type !== "email") {
    target.setSelectionRange(focus.from, focus.to);
  }
}

// What follows a story, then what goes before it: where the keyboard is when the story itself has gone.
function neighbours(story) {
  const all = [...document.querySelectorAll("main [data-story]")];
  const at = all.indexOf(story);
  return [...all.slice(at + 1), ...all.slice(0, at).reverse()].map((one) => one.dataset.story);
}

// --- doing ---

function redraw(region) {
  if (seen.regions[region] !== undefined) byId(region).innerHTML = seen.regions[region];
  document.dispatchEvent(new Event("shown"));
}

function queue(action, data, form) {
  const isNext = waiting > 0;
  waiting += 1;
  deeds += 1;
  inLine = inLine.then((went) => (isNext && !went ? false : send(action, data, form, isNext))).finally(() => { waiting -= 1; });
}

function act(values) {
  seen.regions.edition = ""; // the page moved it by itself: it is drawn anew, whatever comes of it
  queue("/act", new URLSearchParams({ ...values, revision: seen.revision }), null);
}

async function send(action, data, form, isNext) {
  if (isNext && data.has("revision")) data.set("revision", seen.revision); // its own deed before this one made it so
  const sent = new Map([...(form ? form.querySelectorAll("textarea, input[id]") : [])].map((field) => [field.id, field.value]));
  document.body.classList.add("busy");
  try {
    const response = await fetch(action, {
      method: "POST", body: new URLSearchParams(data), headers: { Accept: "application/json" },
    });
    if (!(response.headers.get("content-type") || "").startsWith("application/json")) {
      throw new Error((await response.text()).slice(0, 300));
    }
    const answer = await response.json();
    if (answer.done && form) form.querySelectorAll("input[type=text], input[type=url], textarea.field").forEach((field) => { field.value = field.defaultValue; });
    show(answer, answer.done ? sent : null);
    say(answer.notice, !answer.done);
    return answer.done;
  } catch (error) {
    say(`${spoken("not_reached")} (${error.message})`, true);
    return false;
  } finally {
    document.body.classList.remove("busy");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.leaves !== undefined) return;
  event.preventDefault();
  const pressed = event.submitter;
  if (pressed && pressed.getAttribute("aria-disabled") === "true") return;
  const data = new FormData(form, pressed);
  if (form.dataset.fresh !== undefined) data.set("revision", seen.revision);
  queue(form.action, data, form);
});

document.addEventListener("input", (event) => {
  const form = event.target.closest("form.words");
  if (form) mark(form);
});

document.addEventListener("reset", (event) => {
  setTimeout(() => {
    mark(event.target);
    event.target.querySelectorAll(".meanwhile").forEach((note) => note.remove());
  });
});

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key === "Enter" && field.tagName === "TEXTAREA" && (field.dataset.line !== undefined || event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    if (isDirty(field)) field.form.requestSubmit();
  } else if (event.key === "Escape" && field.tagName === "TEXTAREA") {
    field.form.reset();
  } else if (event.key === "Escape") {
    say("", true);
  } else if ((event.ctrlKey || event.metaKey) && !event.altKey && /^[zy]$/i.test(event.key) && !field.matches("textarea, input")) {
    const button = byId(event.shiftKey || event.key.toLowerCase() === "y" ? "redo" : "undo");
    if (!button) return;
    event.preventDefault();
    button.click();
  } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    const pick = field.closest && field.closest("[data-story]");
    const button = pick && byId(`${event.key === "ArrowUp" ? "up" : "down"}-${pick.dataset.story}`);
    if (!button) return;
    event.preventDefault();
    button.click();
  }
});

window.addEventListener("beforeunload", (event) => {
  if (document.querySelector(".unsaved")) event.preventDefault();
});

// --- the mail ---

function frame() {
  const chosen = new FormData(view);
  const wish = new URLSearchParams({ view: chosen.get("view"), mode: chosen.get("mode"), images: chosen.get("images") || "on", of: seen.hash.slice(0, 16) });
  stage.querySelectorAll(".coming").forEach((one) => one.remove());
  const now = stage.querySelector("iframe");
  const next = now.cloneNode();
  next.className = "coming";
  next.src = `/mail?${wish}`;
  const show = () => {
    if (!next.classList.contains("coming")) return;
    try { next.contentWindow.scrollTo(0, now.contentWindow.scrollY); } catch { /* an error page of the browser's own */ }
    next.className = "";
    now.remove();
    stage.dispatchEvent(new Event("framed"));
  };
  // The mail is shown when it is read: its pictures have their places, and a slow server of theirs is not waited for.
  const showWhenRead = () => {
    const read = next.contentDocument;
    if (read && read.URL !== "about:blank" && read.readyState !== "loading") show();
    else if (next.isConnected) requestAnimationFrame(showWhenRead);
  };
  next.addEventListener("load", show, { once: true });
  stage.append(next);
  requestAnimationFrame(showWhenRead);
  fit();
}

function fit() {
  const chosen = new FormData(view);
  const room = stage.clientWidth;
  const width = ["source", "headers"].includes(chosen.get("view")) ? room : Number(chosen.get("width")); // no reader sees those
  const scale = Math.min(1, room / width);
  const wide = width === 800 ? Math.max(width, room) : width;
  for (const one of stage.querySelectorAll("iframe")) {
    one.style.width = `${wide}px`;
    one.style.height = `${stage.clientHeight / scale}px`;
    one.style.left = `${Math.max(0, (room - wide * scale) / 2)}px`;
    one.style.transform = scale < 1 ? `scale(${scale})` : "";
  }
  const size = spoken(scale < 1 ? "shown_at" : "pixels_wide", { width: wide, scale: Math.round(scale * 100) });
  byId("scale").textContent = [size, ...[...view.querySelectorAll("select")].filter((one) => one.selectedIndex > 0).map((one) => one.selectedOptions[0].text)].join(" · ");
}

if (window.innerWidth < 800) view.querySelector(`[name=width][value='${window.innerWidth < 600 ? 375 : 768}']`).checked = true;
view.addEventListener("change", (event) => (event.target.name === "width" ? fit() : frame()));
view.addEventListener("submit", (event) => event.preventDefault());
new ResizeObserver(fit).observe(stage);

for (const button of document.querySelectorAll("[data-pane-of]")) {
  button.addEventListener("click", () => {
    document.body.dataset.pane = button.dataset.paneOf;
    for (const one of document.querySelectorAll("[data-pane-of]")) one.setAttribute("aria-pressed", String(one === button));
  });
}

// --- live ---

async function look() {
  let pause = document.hidden || waiting || inHand() ? 200 : PAUSE;
  try {
    if (!document.hidden && waiting === 0 && !inHand()) {
      const asked = await fetch(`/changes?${new URLSearchParams({ than: seen.state })}`);
      if (asked.status === 401) {
        say(spoken("session_over"), true);
        document.body.classList.remove("live");
        return; // what is typed stays until one logs in anew, in another tab
      }
      const { state } = await asked.json();
      if (state !== seen.state && waiting === 0 && !inHand()) {
        const before = deeds;
        const response = await fetch("/regions");
        const answer = response.ok ? await response.json() : null;
        if (answer && before === deeds && !inHand()) {
          show(answer, null);
          seen.state = state;
        }
      }
      document.body.classList.remove("lost");
      document.body.classList.toggle("live", seen.state === state);
    }
  } catch {
    if (!document.body.classList.contains("lost")) say(spoken("server_ended"), true);
    document.body.classList.add("lost");
    document.body.classList.remove("live");
    pause = 400;
  }
  setTimeout(look, pause);
}
look();
