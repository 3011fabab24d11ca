/** The code page: whose code, the code itself, how long it lasts, and the few acts beside it. */
import { ApiProblem, Offline, call, statement } from "/static/js/api.js";
import { $, complain, onAct, showOnly, whileBusy } from "/static/js/dom.js";
import { readUnverified } from "/static/js/jwt.js";
import { keepChoices } from "/static/js/page.js";
import { openStore } from "/static/js/store.js";
import { ServerClock } from "/static/js/time.js";
import { say, spokenTime, trouble } from "/static/js/words.js";
import { Digits } from "./digits.js";
import { NextLine } from "./next.js";
import { peopleFor, switcher } from "./people.js";
import { Passes, canKeepKeys } from "./passes.js";
import { wireRegistration, wireSignIn } from "./session.js";
import { ShowingLoop } from "./showing.js";
import { StationDialog } from "./station.js";

const FRESH_EVERY = 5 * 60_000; // ms between looks at the clock, the family and the store of passes
const UNSURE_EVERY = 20_000; // ms, while nobody vouches for the clock
const SHELVES = { passes: { keyPath: "passId" }, facts: null, probe: null };

const sections = { signIn: $("#sign-in"), register: $("#register"), code: $("#code") };
let store, clock, passes, loop, digits, station, next;
let people = []; // who this person may show, themselves first
let entering = null; // one at a time
let entry; // the timer of the next one
let shown = null; // the one whose code is on the screen

async function begin() {
  store = await openStore("healthcode-portal", SHELVES).catch(() => null);
  clock = new ServerClock(async () => readUnverified(await statement("time")), (await recall("offset")) ?? 0);
  passes = (await canKeepKeys(store)) ? new Passes(store, clock) : null;
  const where = { panel: $("#panel"), canvas: $("#qr"), ring: $("#ring") };
  loop = new ShowingLoop(where, { clock, passes, onState: sayState });
  digits = new Digits($("#digits"), sections.code, clock);
  station = new StationDialog($("#station"), { clock, nameOf: () => shown.name, onYes: (request) => loop.answer(request) });
  next = new NextLine($("#next"), clock);
  $("[data-act=station]").hidden = !passes; // a ticket cannot answer
  wireSignIn(sections.signIn, enter);
  wireRegistration(sections.register, enter);
  const kept = await recall("people");
  if (kept?.length) await open(kept); // the code is there before the network is asked
  window.addEventListener("online", enter);
  document.addEventListener("visibilitychange", () => document.hidden || enter()); // it was taken out of the pocket
  await enter();
}

/** A fact of an earlier visit, where this browser keeps any. */
function recall(fact) {
  return store?.get("facts", fact).catch(() => null);
}

/** Ask who is signed in and bring everything up to date. Without network what is kept goes on being used. */
function enter() {
  entering ??= enterOnce().finally(() => {
    entering = null;
    clearTimeout(entry);
    entry = setTimeout(() => document.hidden || enter(), clock.isTrusted ? FRESH_EVERY : UNSURE_EVERY);
  });
  return entering;
}

async function enterOnce() {
  try {
    const [me] = await Promise.all([call("GET", "/me"), syncClock()]);
    if (!me.resident_id) return show(sections.register);
    await open(peopleFor(me, "codes:show"));
    await refill();
    next.show(shown.residentId); // after the code, and nothing waits for it
  } catch (error) {
    await cannotEnter(error);
  }
}

async function cannotEnter(error) {
  if (error instanceof ApiProblem && error.status === 401) return leave();
  if (people.length) return; // offline, or the service is busy: the code is there
  show(sections.signIn);
  if (!(error instanceof Offline) || !navigator.onLine) complain(sections.signIn, trouble(error));
}

async function syncClock() {
  await clock.sync();
  await store?.jot("facts", clock.offset, "offset");
}

async function open(list) {
  people = list;
  const before = shown && people.find((one) => one.residentId === shown.residentId);
  show(sections.code);
  await choose(before ?? people[0]);
  await store?.jot("facts", people, "people");
}

async function refill() {
  if (!passes) return;
  for (const { residentId } of people) {
    try {
      await passes.refill(residentId);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.status === 403 || error.status === 404 || error.slug === "code-blocked") await passes.forget(residentId);
      if (residentId === shown?.residentId) complain(sections.code, trouble(error));
    }
  }
  if (shown && !loop.request) await loop.show(shown.residentId); // an answer to a counter goes on until it ends
}

function choose(person) {
  if (shown?.residentId !== person.residentId) {
    digits.hide();
    next.hide();
  }
  shown = person;
  $("#whose").textContent = person.name;
  $("#qr").setAttribute("aria-label", say("code.picture", { name: person.name }));
  $("#people").replaceChildren(...switcher(people, shown, switchTo));
  complain(sections.code, "");
  return loop.request ? null : loop.show(person.residentId);
}

function switchTo(person) {
  loop.request = null; // a counter's request was answered for somebody else
  choose(person);
  next.show(person.residentId);
}

/** One line under the code says how it stands. */
function sayState(state, detail = {}) {
  const now = clock.now();
  const words = {
    pass: () => say("code.until", { when: spokenTime(detail.until, now) }),
    bound: () => say("code.bound", { station: detail.request.stationName, seconds: detail.left }),
    ticket: () => say("code.ticket"),
    none: () => (detail.error ? trouble(detail.error) : say(navigator.onLine ? "code.making" : "code.none")),
  };
  const text = words[state]();
  if ($("#state").textContent !== text) $("#state").textContent = text; // a screen reader says every change
}

function show(section) {
  showOnly(section, Object.values(sections));
  $("#more").hidden = section !== sections.code;
  $("#opening").hidden = true;
  document.body.dataset.signedIn = section === sections.code ? "yes" : "no";
}

/** Nothing of anybody stays on this phone. */
async function leave() {
  loop.stop();
  digits.hide();
  next.hide();
  people = [];
  shown = null;
  $("#whose").textContent = "";
  $("#people").replaceChildren();
  show(sections.signIn);
  await store?.clear().catch(() => {}); // the service may have had the browser clear it already
}

async function signOut(button) {
  await whileBusy(button, async () => {
    try {
      await entering; // what it fetches must not arrive after the clearing
      await call("DELETE", "/sessions/current");
      await leave();
      keepChoices(); // the browser was told to forget these too
      location.replace("/portal/"); // and nothing stays in this page's memory
    } catch (error) {
      if (error.status === 401) return leave();
      complain(sections.code, trouble(error));
    }
  });
}

/** Stop every code of this person everywhere, then make new ones here. */
async function stopCodes(button) {
  const dialog = $("#lost");
  await whileBusy(button, async () => {
    try {
      const { count } = await call("POST", `/residents/${people[0].residentId}/code-revocations`, { body: { reason: "lost" } });
      await passes?.forget(people[0].residentId);
      complain(dialog, say("lost.done", { count }), "done");
      await refill();
    } catch (error) {
      complain(dialog, trouble(error));
    }
  });
}

onAct({
  "digits": (button) => digits.fetch(shown.residentId, button),
  "read-aloud": () => digits.readAloud(),
  "station": () => station.open(),
  "station-camera": () => station.startCamera(),
  "station-yes": () => station.yes(),
  "station-close": () => station.close(),
  "lost": () => { complain($("#lost"), ""); $("#lost").showModal(); },
  "lost-yes": stopCodes,
  "lost-close": () => $("#lost").close(),
  "sign-out": signOut,
});

navigator.serviceWorker?.register("/portal/sw.js", { scope: "/portal/" }).catch(() => {}); // an old web view: online only
begin();
