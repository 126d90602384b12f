// Drag stories to their places, by mouse, pen or finger. Buttons and the keyboard do the same without.
"use strict";

let lists = [];

function dragged(event) {
  const { item, from, to } = event;
  const position = [...to.children].filter((one) => one.dataset.story).indexOf(item) + 1;
  if (to.dataset.list === "picks") {
    if (from === to && event.oldDraggableIndex === event.newDraggableIndex) return;
    act({ do: "place", story: item.dataset.story, section: to.dataset.section, position: String(position) });
  } else if (from.dataset.list === "picks") {
    act({ do: "drop", story: item.dataset.story });
  } else {
    redraw("edition"); // one runner-up among others: nothing to be said by that
  }
}

function bindLists() {
  const wanted = [...document.querySelectorAll("[data-list]")];
  lists.filter((one) => !wanted.includes(one.el)).forEach((one) => one.destroy());
  lists = wanted.map((list) => lists.find((one) => one.el === list) || new Sortable(list, {
    group: list.dataset.list === "found" ? { name: "stories", pull: "clone", put: false } : "stories",
    sort: list.dataset.list === "picks",
    handle: ".grip", draggable: "[data-story]", ghostClass: "ghost", fallbackClass: "flying",
    forceFallback: true, fallbackOnBody: true, fallbackTolerance: 4, delay: 150, delayOnTouchOnly: true,
    emptyInsertThreshold: 30, scrollSensitivity: 70, bubbleScroll: true,
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 140,
    onEnd: dragged,
  }));
}

document.addEventListener("shown", bindLists);
document.addEventListener("pointerdown", (event) => { held = Boolean(event.target.closest(".grip")); }, true);
for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => { held = false; }, true);
bindLists();
