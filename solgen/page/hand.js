"use strict";
// What the reader does: asking for the author's line, keys, buttons, size.

// ---- from a page to the author's line ----

let placeTimer = 0;

async function source(x, y) {
  const page = document.elementFromPoint(x, y)?.closest(".page");
  if (!page) return;
  const box = page.getBoundingClientRect();
  const share = (value, start, size) => Math.min(1, Math.max(0, (value - start) / size)).toFixed(5);
  const at = `x=${share(x, box.left, box.width)}&y=${share(y, box.top, box.height)}`;
  const answer = await fetch(`place/${page.doc}/${page.number}?${at}`).catch(() => null);
  const found = answer?.ok ? await answer.json() : null;
  if (found?.file) visit(found);
  else tell("", found?.error || "no author's line is known for this place");
}

async function visit(place) {
  const line = `${place.file}:${place.line}`, more = place.text.replace(line, "").replace(/^, /, "");
  if (place.href) {
    tell(line, [more, "opened in the editor"].filter(Boolean).join(" · "));
    location.href = place.href;
    return;
  }
  const done = state.opens ? await open_(place) : await copy(line);
  tell(line, [more, done].filter(Boolean).join(" · "));
}

async function open_(place) {
  const body = JSON.stringify({ file: place.file, line: place.line });
  const answer = await fetch("open", { method: "POST", body }).catch(() => null);
  return answer?.ok && (await answer.json()).opened ? "opened in the editor" : "the editor did not start";
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return "copied";
  } catch {
    return "";
  }
}

function tell(code, text) {
  const box = byId("place");
  box.hidden = false;
  box.children[0].textContent = code;
  box.children[1].textContent = text;
  clearTimeout(placeTimer);
  placeTimer = setTimeout(() => { box.hidden = true; }, 8000);
}

// ---- the reader's hand ----

function resize(value) {
  const middle = document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest(".page");
  const box = middle?.getBoundingClientRect(), share = box && (innerHeight / 2 - box.top) / box.height;
  zoom = Math.min(4, Math.max(0.3, value));
  localStorage.setItem("zoom", zoom);
  root.style.setProperty("--zoom", zoom);
  if (middle) {
    const after = middle.getBoundingClientRect();
    scrollBy({ top: after.top + share * after.height - innerHeight / 2, behavior: "instant" });
  }
  redraw();
}

let redrawing = 0;
function redraw() {
  clearTimeout(redrawing);
  redrawing = setTimeout(loadNear, 150);
}

function again() {
  for (const page of main.children) page.tag = page.wanted = "";
  loadNear();
}

function toggleKeys(show = byId("keys").hidden) {
  byId("keys").hidden = !show;
  byId("help").ariaExpanded = String(show);
}

function toggleError() {
  hidden = !hidden;
  showError();
  showStatus();
}

const KEYS = {
  n: () => step(true, 0), p: () => step(false, 0), N: () => step(true, 9), P: () => step(false, 9),
  r: again, o: () => source(innerWidth / 2, innerHeight / 2),
  e: () => { const shown = preview() || current(); if (shown?.spot) goToSpot(shown, innerHeight * 0.4); },
  l: () => { const names = state.editions.map((e) => e.name); choose(names[(names.indexOf(current()?.name) + 1) % names.length]); },
  "+": () => resize(zoom * 1.15), "=": () => resize(zoom * 1.15), "-": () => resize(zoom / 1.15), 0: () => resize(1),
  "?": () => toggleKeys(),
  Escape: () => { if (!byId("keys").hidden) toggleKeys(false); else if (state?.error.length) toggleError(); },
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("select, input")) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
main.addEventListener("dblclick", (event) => { getSelection()?.removeAllRanges(); source(event.clientX, event.clientY); });
main.addEventListener("click", (event) => { if (event.altKey) source(event.clientX, event.clientY); });
byId("smaller").onclick = KEYS["-"];
byId("larger").onclick = KEYS["+"];
byId("help").onclick = () => toggleKeys();
byId("hide").onclick = toggleError;
byId("outline").onchange = (event) => { goTo(outline.headings[event.target.value]); event.target.blur(); };
addEventListener("resize", () => { goToView(); redraw(); });
let scrolled = 0;
addEventListener("scroll", () => {
  clearTimeout(scrolled);
  scrolled = setTimeout(() => { remember(); markSection(); }, 120);
}, { passive: true });

root.style.setProperty("--zoom", zoom);
listen();
