"use strict";
// The page gets its whole state from /events after each change and makes the document fit it.
// A picture is replaced only when its pixels differ, and only once the new one is decoded.

const byId = (id) => document.getElementById(id);
const root = document.documentElement, main = byId("pages");
const KEPT = 60; // pictures of pages out of sight

let state = null; // as the server sent it last
let chosen = sessionStorage.getItem("edition"); // name of the edition that is shown
let outline = { id: "", headings: [] };
let zoom = Number(localStorage.getItem("zoom")) || 1;
let spotSeen = 0; // when the edited place that was last gone to was found
let hidden = false; // whether the reader has put the error away
let returned = false; // whether the place of an earlier visit was gone back to
let followed = null; // the heading to go to once another edition's outline is there

// ---- the state ----

function listen() {
  const events = new EventSource("events");
  events.onmessage = (event) => receive(JSON.parse(event.data));
  events.onerror = () => {
    say("gone", "solgen watch has ended; this page waits for it");
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 1000);
  };
}

function receive(next) {
  const first = state === null;
  if (!first && next.error.length && JSON.stringify(next.error) !== JSON.stringify(state.error)) hidden = false;
  state = next;
  showStatus();
  showError();
  showEditions();
  if (first) spotSeen = current()?.spot?.at || 0; // what was edited before this page was opened
  showPages();
  goBack();
}

const current = () => state && (state.editions.find((e) => e.name === chosen) || state.editions[0]);
const preview = () => {
  const edition = current();
  return state && (edition ? state.previews[edition.name] : Object.values(state.previews)[0]);
};

function say(kind, text) {
  root.className = kind + (state?.error.length && !hidden ? " failed" : "");
  if (byId("said").textContent !== text) byId("said").textContent = text;
  const sign = { bad: "✗ ", busy: "… ", gone: "· " }[kind] || "";
  document.title = sign + (current()?.name || "solgen watch");
}

function showStatus() {
  const failed = state.error.length > 0;
  if (state.building) say("busy", state.building);
  else if (failed) say("bad", "not published: see the message");
  else if (state.done) say("good", state.done + (state.notice ? ` (${state.notice})` : ""));
  else if (state.editions.length) say("good", "the booklet of the last build");
  else say("idle", "waiting for the first build");
}

function showError() {
  const pieces = state.error, text = pieces.map((piece) => piece.text).join("");
  const message = byId("message");
  if (message.textContent !== text) message.replaceChildren(...pieces.map(written));
  byId("verdict").textContent = "Not published" + (state.editions.length ? ": the last good pages are below" : "");
  byId("error").hidden = !pieces.length || hidden;
}

function written(piece) {
  if (!piece.file) return document.createTextNode(piece.text);
  const link = document.createElement(piece.href ? "a" : "button");
  if (piece.href) link.href = piece.href;
  else link.onclick = () => visit(piece);
  link.textContent = piece.text;
  link.title = state.opens ? "Open in the editor" : "Copy";
  return link;
}

function showEditions() {
  const group = byId("editions"), names = state.editions.map((e) => e.name), edition = current();
  if (group.dataset.names !== names.join()) {
    group.dataset.names = names.join();
    group.replaceChildren(...(names.length > 1 ? state.editions : []).map((e) => {
      const button = document.createElement("button");
      button.textContent = e.label;
      button.value = e.name;
      button.onclick = () => choose(e.name);
      return button;
    }));
  }
  for (const button of group.children) button.ariaPressed = String(button.value === edition?.name);
  byId("pdf").hidden = !edition;
  if (edition) byId("pdf").href = "pdf/" + edition.id;
  if (edition && edition.id !== outline.id) fetchOutline(edition.id);
}

function choose(name) {
  if (name === current()?.name) return;
  followed = outline.headings[sectionInView()]; // the same question in the other edition
  chosen = name;
  sessionStorage.setItem("edition", name);
  showEditions();
  spotSeen = current()?.spot?.at || spotSeen;
  showPages();
  showStatus();
}

async function fetchOutline(id) {
  const before = outline.headings;
  outline = { id, headings: before };
  const answer = await fetch("outline/" + id).catch(() => null);
  if (!answer?.ok || outline.id !== id) return;
  outline.headings = await answer.json();
  const select = byId("outline");
  select.hidden = !outline.headings.length;
  select.replaceChildren(...outline.headings.map((heading, n) => {
    return new Option("\u2003".repeat(heading.level) + heading.title, n);
  }));
  const same = followed && (outline.headings.find((h) => h.title === followed.title) || outline.headings[before.indexOf(followed)]);
  if (same) goTo(same);
  followed = null;
  for (const page of main.children) page.describe();
  markSection();
}

// ---- the pages ----

const near = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    entry.target.near = entry.isIntersecting;
    if (entry.isIntersecting) load(entry.target);
    else forget();
  }
}, { rootMargin: "80% 0px" });

function makePage(number) {
  const page = document.createElement("figure");
  page.className = "page";
  page.number = number;
  page.near = false;
  page.img = new Image();
  page.describe = () => {
    const section = outline.headings.findLast((h) => h.page <= page.number);
    const what = page.caption || (section ? section.title : "");
    page.img.alt = `Page ${page.number}${what ? ": " + what : ""}`;
  };
  page.append(page.img);
  near.observe(page);
  return page;
}

function assign(page, shown, caption = "") {
  page.doc = shown.id;
  page.size = [shown.width, shown.height];
  page.style.setProperty("--ratio", `${shown.width} / ${shown.height}`);
  page.caption = caption;
  if (!page.near) page.img.style.visibility = "hidden"; // it may be of an older booklet: none is better
}

// What is in the middle of the window comes first: the server draws one page at a time.
function loadNear() {
  const near = [...main.children].filter((page) => page.near && !page.hidden);
  const middle = new Map(near.map((page) => {
    const box = page.getBoundingClientRect();
    return [page, Math.abs((box.top + box.bottom - innerHeight) / 2)];
  }));
  for (const page of near.sort((a, b) => middle.get(a) - middle.get(b))) load(page);
}

function pixels(page) {
  return Math.min(4000, Math.ceil((page.clientWidth * devicePixelRatio) / 32) * 32);
}

async function load(page) {
  const wanted = `${page.doc}/${page.number}?w=${pixels(page)}`;
  if (page.wanted === wanted) return;
  page.wanted = wanted;
  const headers = page.tag ? { "If-None-Match": page.tag } : {};
  const answer = await fetch("page/" + wanted, { headers }).catch(() => null);
  if (page.wanted !== wanted) return; // a newer one was asked for meanwhile
  if (answer?.status === 200) await replacePicture(page, answer, wanted);
  else if (answer?.status === 304) page.img.style.visibility = "";
  else page.wanted = ""; // gone: the next state brings another
}

async function replacePicture(page, answer, wanted) {
  const img = new Image(), url = URL.createObjectURL(await answer.blob());
  img.src = url;
  await img.decode().catch(() => null);
  if (page.wanted !== wanted) return URL.revokeObjectURL(url);
  if (page.img.src) URL.revokeObjectURL(page.img.src);
  page.img.replaceWith(img);
  page.img = img;
  page.tag = answer.headers.get("ETag");
  const ratio = img.naturalWidth / img.naturalHeight; // a page may have a size of its own
  if (Math.abs(ratio * page.size[1] / page.size[0] - 1) > 0.01) page.style.setProperty("--ratio", ratio);
  page.describe();
}

function forget() {
  const far = [...main.children].filter((page) => page.tag && !page.near);
  for (const page of far.slice(0, Math.max(0, far.length - KEPT))) {
    URL.revokeObjectURL(page.img.src);
    page.img.removeAttribute("src");
    page.tag = page.wanted = "";
  }
}

function showPages() {
  const edition = current(), part = preview();
  const previews = [...main.querySelectorAll(".preview")];
  // Where a preview comes or goes, the edited place stays at the same height of the window.
  const fixed = previews[0]?.doc !== part?.id ? spotOnScreen() : null;
  const pages = [...main.children].filter((page) => !page.classList.contains("preview"));
  const count = edition ? edition.pages : 0;
  if (edition || part) {
    while (pages.length > count) pages.pop().remove();
    while (pages.length < count) pages.push(main.appendChild(makePage(pages.length + 1)));
    for (const page of pages) if (page.doc !== edition.id) assign(page, edition);
  }
  if (previews[0]?.doc !== part?.id) showPreview(part, previews, pages);
  for (const page of pages) {
    page.hidden = Boolean(part?.alone.includes(page.number));
    page.classList.toggle("old", Boolean(part?.replaces.includes(page.number)));
  }
  loadNear();
  const shown = part || edition;
  if (shown?.spot && shown.spot.at !== spotSeen) goToSpot(shown, fixed);
  else if (part && !part.spot && previews[0]?.doc !== part.id) goToPreview();
}

function showPreview(part, previews, pages) {
  for (const page of previews) { near.unobserve(page); page.remove(); }
  if (!part) return;
  const before = pages[(part.alone[0] ?? (part.replaces[0] ?? 0) + 1) - 1] || null;
  for (let number = 1; number <= part.pages; number++) {
    const page = makePage(number), caption = document.createElement("figcaption");
    page.classList.add("preview");
    caption.textContent = "preview: " + part.label;
    page.append(caption);
    main.insertBefore(page, before);
    assign(page, part, caption.textContent);
  }
}

// ---- places ----

const top_ = () => byId("error").hidden ? document.querySelector("header").offsetHeight : byId("error").getBoundingClientRect().bottom;
const pageOf = (id, number) => [...main.children].find((page) => page.doc === id && page.number === number);
const heightOn = (page, y) => page.getBoundingClientRect().top + (y / page.size[1]) * page.clientHeight;

let lastSpot = null; // page element and height of the edited place
function spotOnScreen() {
  if (!lastSpot?.page.isConnected || lastSpot.page.hidden) return null;
  const y = heightOn(lastSpot.page, lastSpot.y);
  return y > 0 && y < innerHeight ? y : null;
}

function goToSpot(shown, fixed) {
  const spot = shown.spot, page = pageOf(shown.id, spot.page);
  if (!page || page.hidden) return;
  spotSeen = spot.at;
  const y = heightOn(page, spot.y), foot = y + (spot.height / page.size[1]) * page.clientHeight;
  if (fixed !== null) scrollBy({ top: y - fixed, behavior: "instant" });
  else if (y < top_() + 10 || foot > innerHeight - 30) {
    scrollBy({ top: y - Math.max(innerHeight * 0.4, top_() + 30), behavior: "instant" });
  }
  lastSpot = { page, y: spot.y };
  mark(page, spot);
}

// A preview whose edited line is not known: its first page comes into view, unless one is.
function goToPreview() {
  const boxes = [...main.querySelectorAll(".preview")].map((page) => page.getBoundingClientRect());
  const seen = boxes.some((box) => box.bottom > top_() + 100 && box.top < innerHeight - 100);
  if (!seen) scrollBy({ top: boxes[0].top - top_() - 20, behavior: "instant" });
}

function mark(page, spot) {
  for (const old of document.querySelectorAll(".mark")) old.remove();
  const line = document.createElement("i");
  line.className = "mark";
  line.style.top = `${(100 * (spot.y - 2)) / page.size[1]}%`;
  line.style.height = `${(100 * (spot.height + 4)) / page.size[1]}%`;
  page.append(line);
}

function goTo(heading) {
  const page = pageOf(current()?.id, heading.page);
  if (page) scrollBy({ top: heightOn(page, heading.y) - top_() - 20, behavior: "instant" });
}

function sectionInView(level = 9) {
  const line = top_() + 40;
  return outline.headings.findLastIndex((heading) => {
    const page = heading.level <= level && pageOf(current()?.id, heading.page);
    return page && !page.hidden && heightOn(page, heading.y) <= line;
  });
}

function step(forward, level) {
  const line = top_() + 20, list = outline.headings.filter((h) => h.level <= level && pageOf(current()?.id, h.page));
  const at = (heading) => heightOn(pageOf(current().id, heading.page), heading.y) - line;
  const next = forward ? list.find((h) => at(h) > 5) : list.findLast((h) => at(h) < -5);
  if (next) goTo(next);
}

function markSection() {
  const here = sectionInView();
  if (here >= 0 && document.activeElement !== byId("outline")) byId("outline").value = here;
}

function goBack() {
  if (returned || !main.children.length) return;
  returned = true;
  goToView();
}

function goToView() {
  const [name, number, share] = (sessionStorage.getItem("view") || "").split(" ");
  const page = name === current()?.name && pageOf(current().id, Number(number));
  if (page) scrollTo({ top: page.offsetTop + Number(share) * page.clientHeight, behavior: "instant" });
}

function remember() {
  const edge = [...main.children].find((page) => !page.hidden && page.getBoundingClientRect().bottom > 0);
  if (!edge || !current()) return;
  const share = -edge.getBoundingClientRect().top / edge.clientHeight;
  sessionStorage.setItem("view", `${current().name} ${edge.number} ${share.toFixed(4)}`);
}
