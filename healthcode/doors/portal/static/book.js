/** Booking in four steps: where, which clinic, when, and one screen that says everything before the yes. */
import { Offline, call, statement } from "/static/js/api.js";
import { $, complain, el, onAct, whileBusy } from "/static/js/dom.js";
import { readUnverified } from "/static/js/jwt.js";
import { ServerClock } from "/static/js/time.js";
import { say, trouble } from "/static/js/words.js";
import { ifThere, send } from "./asking.js";
import { lineOf } from "./card.js";
import { chosenRow, clinicParts, fact } from "./choosing.js";
import { byDay, grouped, isReleased } from "./clinics.js";
import { Finding } from "./finding.js";
import { keepChosen, lastChosen, peopleFor, switcher, whoTheyAre } from "./people.js";
import { Places, nameOf, slotsOf } from "./places.js";
import { isBesideMine, refusalOf } from "./refusals.js";
import { dayButtons, dayParts, spanOf, timeButtons } from "./times.js";
import { dayOf, daysAfter, joined, secondsOf, wholeDay } from "./when.js";

const WEEKS_AHEAD = 4;
const DAYS_SHOWN = 6; // two rows on a phone, so that the hours are in sight
const STEPS = ["where", "what", "when", "check", "done"];

const main = $("#main");
const clock = new ServerClock(async () => readUnverified(await statement("time")));
const places = new Places();
const finding = new Finding({ part: $("[data-step=where]"), onChoose: (one) => toClinics(one).catch(fail), onTrouble: (error) => cannotFind(error) });
let people, person;
let old = null; // the appointment that is moved, with its naming
let institution, clinic, slots, day, slot; // what was chosen so far
let areAllShown = false; // the days of four weeks, not only the first
let step = null;
let retry = begin; // what "try again" does
let isSending = false; // for whom is settled until the answer is there

async function begin() {
  retry = begin;
  try {
    const [me] = await Promise.all([call("GET", "/me"), clock.sync().catch(() => {})]); // else this phone's own time
    if (!me.resident_id) return location.replace("/portal/");
    people = peopleFor(me, "appointments:book");
    const moved = new URLSearchParams(location.search).get("move");
    if (moved) return await beginMove(moved);
    use(lastChosen(people));
    await go("where");
    await finding.search();
  } catch (error) {
    fail(error);
  }
}

function use(one) {
  if (isSending) return;
  person = one;
  keepChosen(one);
  $("#people").replaceChildren(...(old ? [] : switcher(people, one, use)));
  if (step === "check") showCheck();
}

/** Find the appointment among those of everybody this person books for: the address holds an id and nothing else. */
async function beginMove(id) {
  const lists = await Promise.all(people.map((one) => ifThere(`/residents/${one.residentId}/appointments`)));
  const at = lists.findIndex((answer) => answer?.items.some((one) => one.id === id));
  const found = lists[at]?.items.find((one) => one.id === id);
  if (!found || found.state !== "booked" || secondsOf(found.starts_at) <= clock.now()) {
    $("#waiting").hidden = true;
    complain(main, say("book.cannot-move"));
    return $("[data-trouble]", main).append(" ", mineLink());
  }
  const naming = await places.naming(found);
  old = { ...found, naming };
  use(people[at]);
  $("#moving").textContent = say("book.moving", { name: person.name, what: lineOf(found, naming, clock.now()) });
  $("#moving").hidden = false;
  institution = await places.institution(found.institution_id);
  const its = grouped(await places.schedules(found.institution_id)).find((one) => one.schedules.some(({ id: own }) => own === found.schedule_id));
  await (its ? toDays(its) : toClinics(institution));
}

// where → what

async function toClinics(one) {
  retry = () => toClinics(one).catch(fail);
  institution = one;
  $("#waiting").hidden = false;
  const [detail, schedules] = await Promise.all([places.institution(one.id), places.schedules(one.id)]);
  const clinics = grouped(schedules);
  $("#clinics").replaceChildren(...clinicParts(clinics, detail?.departments ?? [], (its) => toDays(its).catch(fail)));
  $("#no-clinics").hidden = clinics.length > 0;
  await go("what");
}

// what → when

async function toDays(one) {
  retry = () => toDays(one).catch(fail);
  clinic = one;
  day = null;
  areAllShown = false;
  $("#waiting").hidden = false;
  await loadSlots();
  await go("when");
}

async function loadSlots() {
  const today = dayOf(clock.now());
  slots = await slotsOf(clinic.schedules, today, daysAfter(today, 7 * WEEKS_AHEAD - 1));
  showDays();
}

function showDays() {
  const days = byDay(slots, clock.now());
  day = day ?? days.find((one) => one.state === "open")?.day ?? days[0]?.day ?? null;
  const choose = (one) => {
    day = one.day;
    showDays();
    $(`[data-day="${day}"]`).focus({ preventScroll: true });
    $("#times").scrollIntoView({ block: "nearest" });
  };
  const isFar = days.findIndex((one) => one.day === day) >= DAYS_SHOWN;
  const shown = isFar || areAllShown ? days : days.slice(0, DAYS_SHOWN);
  $("#days").replaceChildren(...dayButtons(shown, { chosen: day, today: dayOf(clock.now()), onChoose: choose }));
  $("#later").hidden = shown.length === days.length;
  $("#no-days").hidden = days.length > 0;
  const chosen = days.find((one) => one.day === day);
  const onWait = old ? null : (first, button) => wait(first, button);
  $("#times").replaceChildren(...(chosen ? [el("h2", {}, wholeDay(chosen.day)), ...dayParts(chosen, { now: clock.now(), mine: old?.slot_id, onChoose: toCheck, onWait })] : []));
}

// when → check

function toCheck(one) {
  slot = one;
  $("#instead").hidden = true;
  $("#thumb").hidden = false;
  showCheck();
  return go("check");
}

function showCheck() {
  const now = clock.now();
  $("#check-title").textContent = say("book.check");
  $("#check").replaceChildren(...facts(now));
  $("#check-hint").textContent = say(old ? "book.hint-move" : "book.hint");
  $("[data-act=yes]").textContent = yesWords();
}

function yesWords() {
  if (old) return say("book.yes-move");
  return person.relation === null ? say("book.yes") : say("book.yes-for", { name: person.name });
}

function facts(now, when = spanOf(slot, now)) {
  const room = clinic.schedules.find(({ id }) => id === slot.schedule_id)?.room;
  const who = person.relation === null ? person.name : `${person.name} · ${whoTheyAre(person.relation)}`;
  return [
    fact("book.for", who),
    fact("book.what", clinic.title),
    fact("book.where", joined([nameOf(institution), room])),
    ...(old ? [fact("book.before", lineOf(old, old.naming, now))] : []),
    fact(old ? "book.instead" : "book.when", when),
  ];
}

// check → done

async function book(button) {
  await sending(button, async () => {
    try {
      await (old ? send(`/appointments/${old.id}/moves`, { slot_id: slot.id }) : send(`/residents/${person.residentId}/appointments`, { slot_id: slot.id }));
      await finish(old ? "book.moved" : "book.done", "book.done-hint");
    } catch (error) {
      await cannotBook(error);
    }
  });
}

async function wait(first, button) {
  await sending(button, async () => {
    try {
      const released = slots.find((one) => one.id === first.id && isReleased(one, clock.now())) ?? first;
      await send(`/residents/${person.residentId}/waitings`, { slot_id: released.id });
      slot = released;
      await finish("book.waiting", "book.waiting-hint", wholeDay(day));
    } catch (error) {
      if (error.slug === "places-are-free") await loadSlots();
      refuse(error);
    }
  });
}

async function sending(button, deed) {
  complain(main, "");
  isSending = true;
  try {
    await whileBusy(button, deed);
  } finally {
    isSending = false;
  }
}

async function finish(title, hint, when) {
  $("#done-title").textContent = say(title);
  $("#done").replaceChildren(...facts(clock.now(), when));
  $("#done-hint").textContent = say(hint);
  await go("done");
}

async function cannotBook(error) {
  if (error.slug !== "slot-taken") return refuse(error);
  const known = new Set(error.body.free ?? []);
  await loadSlots().catch(() => {}); // else what was known before
  const free = slots.filter((one) => known.has(one.id)).map((one) => ({ ...one, free: Math.max(one.free, 1) }));
  $("#instead").replaceChildren(...instead(free));
  $("#instead").hidden = false;
  $("#thumb").hidden = true; // this one is gone; choosing another shows it again
}

/** What is still free, right there; on a full day, waiting for a place. */
function instead(free) {
  const said = el("p", { class: "says", "data-tone": "attention" }, say(free.length ? "book.taken" : "book.taken-full"));
  if (free.length) return [said, el("div", { class: "times" }, ...timeButtons(free, { mine: old?.slot_id, onChoose: toCheck }))];
  const full = slots.find((one) => one.id === slot.id) ?? slot;
  return [said, ...dayParts({ state: "full", slots: [full] }, { now: clock.now(), onWait: old ? null : wait })];
}

function refuse(error) {
  if (error.status === 401) return location.replace("/portal/");
  complain(main, refusalOf(error, clock.now()), error instanceof Offline ? "attention" : "stop");
  if (isBesideMine(error)) $("[data-trouble]", main).append(" ", mineLink());
}

function mineLink() {
  return el("a", { href: "/portal/appointments" }, say("book.mine"));
}

// The steps, and the way back through them

async function go(name, isBack = false) {
  if (!isBack && step && name !== step) history.pushState({ step: name }, "");
  if (!step) history.replaceState({ step: name }, "");
  step = name;
  complain(main, "");
  $("#waiting").hidden = true;
  $("#again").hidden = true;
  for (const section of document.querySelectorAll("section[data-step]")) section.hidden = section.dataset.step !== name;
  $("#thumb").hidden = name !== "check";
  $("#back").hidden = name === "done" || name === "where" || (old !== null && name === "when");
  $("#people").hidden = name === "done";
  $("#moving").hidden = !old || name === "done";
  showChosen();
  scrollTo(0, 0);
  $(`[data-step=${name}] h1`).focus({ preventScroll: true });
}

/** The phone's own way back goes one step back; a step whose choices are gone begins at the first. */
window.addEventListener("popstate", (event) => {
  const wanted = event.state?.step ?? "where";
  if (step === "done" || !isPossible(wanted)) return location.replace(old ? "/portal/appointments" : "/portal/book");
  if (wanted === "where" && !$("#institutions").children.length) finding.search().catch(fail);
  go(wanted, true);
});

function isPossible(wanted) {
  const has = { where: true, what: institution && $("#clinics").children.length, when: slots, check: slot, done: false };
  return Boolean(has[wanted]);
}

/** What was chosen so far, each with a way to change it. */
function showChosen() {
  const at = STEPS.indexOf(step);
  const rows = [];
  if (at > 0 && at < 3 && institution) rows.push(chosenRow(nameOf(institution), "where", change));
  if (at === 2 && clinic) rows.push(chosenRow(clinic.title, "what", change));
  $("#chosen").replaceChildren(...rows);
  $("#chosen").hidden = !rows.length;
}

function change(to) {
  if (to === "where" && !$("#institutions").children.length) finding.search().catch(fail);
  (to === "what" ? toClinics(institution) : go(to)).catch(fail);
}

function cannotFind(error) {
  retry = () => finding.search().catch(fail);
  fail(error);
}

function fail(error) {
  if (error.status === 401) return location.replace("/portal/");
  $("#waiting").hidden = true;
  $("#where-said").textContent = "";
  $("#again").hidden = false;
  complain(main, trouble(error));
}

onAct({
  "near": (button) => whileBusy(button, () => finding.nearest()).catch(cannotFind),
  "further": () => finding.further(),
  "later": () => {
    areAllShown = true;
    showDays();
    $("#days").children[DAYS_SHOWN]?.focus();
  },
  "yes": book,
  "back": () => history.back(),
  "again": () => {
    complain(main, "");
    $("#again").hidden = true;
    retry();
  },
});
begin();
