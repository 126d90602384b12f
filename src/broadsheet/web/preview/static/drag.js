// Drag stories to their places, by mouse, pen or finger. Buttons and the keyboard do the same without.
"use strict";

let lists = [];

function dragged(event) {
  dragging = false;
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
  lists.forEach((one) => one.destroy());
  lists = [...document.querySelectorAll("[data-list]")].filter((list) => list.querySelector(".grip") || list.dataset.list === "picks").map((list) => new Sortable(list, {
    group: list.dataset.list === "found" ? { name: "stories", pull: "clone", put: false } : "stories",
    sort: list.dataset.list === "picks",
    handle: ".grip", draggable: "[data-story]", ghostClass: "ghost", fallbackClass: "flying",
    forceFallback: true, fallbackOnBody: true, fallbackTolerance: 4, delay: 150, delayOnTouchOnly: true,
    emptyInsertThreshold: 30, scrollSensitivity: 70, bubbleScroll: true,
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 140,
    onStart: () => { dragging = true; }, onEnd: dragged,
  }));
}

document.addEventListener("shown", bindLists);
bindLists();
