/** The day at an institution: who is expected in which clinic, who is here, and the queue beside it. */
import { $, complain, el, onAct } from "/static/js/dom.js";
import { clockTime, say, trouble } from "/static/js/words.js";
import { read, send } from "./asking.js";
import { dayOf, seconds, spokenDay } from "./days.js";
import { begin, hasRole, isSignedOut, now } from "./frame.js";
import { clinicsOf } from "./places.js";
import { Queue } from "./queue.js";
import { keep } from "./steady.js";

const LOOK_EVERY = 5_000; // ms, at numbers
const RECEPTION = ["clerk", "station_worker", "nurse"]; // a doctor calls, and lets others look at who it is
const LIST_EVERY = 60; // seconds, at the list of people, unless a number changed

let me, queue;
let expected = [];
let clinics = new Map();
let listedAt = 0; // when what is shown was true, in the city's seconds
let asking = null; // the appointment of which somebody has to say that they are sure
let canCheckIn = true;
let isLooking = false;
let asked;

begin({
  room: "day",
  start(caller) {
    me = caller;
    queue = new Queue(() => look(true));
    queue.begin(me.institution_id);
    $("#day").value = dayOf(now());
    $("#day").addEventListener("change", anotherDay);
    $("#filter").placeholder = say("day.filter");
    $("#filter").addEventListener("input", draw);
    onAct({ refresh: () => look(true) });
    document.addEventListener("visibilitychange", () => document.hidden || look());
    document.addEventListener("keydown", slash);
    anotherDay();
    setInterval(() => look(), LOOK_EVERY);
  },
});

const isToday = () => $("#day").value === dayOf(now());

function anotherDay() {
  if (!$("#day").value) $("#day").value = dayOf(now());
  $("#day-title").textContent = spokenDay($("#day").value, dayOf(now()));
  queue.show(isToday());
  asking = null;
  expected = [];
  listedAt = 0;
  draw();
  look(true);
}

/** Look whether something changed; nobody looks at a page that nobody sees. */
async function look(isMeant = false) {
  if ((document.hidden || isLooking || isSignedOut()) && !isMeant) return;
  isLooking = true;
  try {
    const isChanged = await queue.look();
    if (isMeant || isChanged || now() - listedAt > LIST_EVERY) await list();
    else draw(); // the time goes on
    saySince(null);
  } catch (error) {
    saySince(error);
  } finally {
    isLooking = false;
  }
}

async function list() {
  const day = $("#day").value;
  const mine = (asked = Symbol(day));
  const [{ items }, held] = await Promise.all([read(`/institutions/${me.institution_id}/appointments?day=${day}`), clinicsOf(me.institution_id)]);
  if (mine !== asked) return;
  expected = items;
  clinics = held;
  listedAt = now();
  draw();
}

/** What is shown stays when nothing new can be had, and says how old it is. */
function saySince(error) {
  const words = error ? [trouble(error), listedAt ? say("day.since", { when: clockTime(listedAt) }) : ""].join(" ") : "";
  if ($("#still").textContent !== words) $("#still").textContent = words;
  $("#still").hidden = !words;
}

function draw() {
  const text = $("#filter").value.trim().toLowerCase();
  const rows = expected.map(rowOf).filter((row) => !text || [row.name, row.time, row.number].some((part) => part.toLowerCase().includes(text)));
  const groups = Map.groupBy ? Map.groupBy(rows, (row) => row.clinic) : grouped(rows);
  const sections = [...groups.keys()].map((id) => ({ id }));
  keep($("#clinics"), sections, sectionOf);
  for (const [id, members] of groups) fill(document.getElementById(`clinic-${id}`), id, members);
  $("#no-list").textContent = listedAt ? say(expected.length ? "day.no-match" : "day.empty") : say("day.loading");
  $("#no-list").hidden = rows.length > 0 || !$("#still").hidden;
}

function grouped(rows) {
  const groups = new Map();
  for (const row of rows) groups.set(row.clinic, [...(groups.get(row.clinic) ?? []), row]);
  return groups;
}

function rowOf({ appointment: one, display_name: name }) {
  const minutes = clinics.get(one.schedule_id)?.slot_minutes ?? 0;
  const isOver = Boolean(one.starts_at) && seconds(one.starts_at) + minutes * 60 <= now();
  return {
    id: one.id,
    clinic: one.schedule_id,
    name,
    time: one.starts_at ? clockTime(seconds(one.starts_at)) : "",
    number: one.ticket === null ? "" : String(one.ticket),
    state: one.state,
    isAdded: one.is_overbooked,
    mayArrive: canCheckIn && hasRole(...RECEPTION) && isToday() && one.state === "booked",
    mayMiss: one.state === "booked" && isOver,
    mayFinish: one.state === "arrived" && !queue.isThere,
    isAsking: asking === one.id,
  };
}

function sectionOf({ id }) {
  return el("section", { id: `clinic-${id}`, class: "near clinic", "data-testid": "clinic" }, el("h3", {}), el("p", { class: "soft", role: "status" }), el("ul", { class: "list dense" }));
}

function fill(section, id, members) {
  const clinic = clinics.get(id);
  const title = [clinic?.title ?? say("day.clinic"), clinic?.room, clinic && `${clinic.starts}–${clinic.ends}`].filter(Boolean).join(" · ");
  const count = (...states) => members.filter((row) => states.includes(row.state)).length;
  const counts = say("day.counts", { all: members.length, here: count("arrived"), seen: count("fulfilled"), missed: count("noshow") });
  for (const [place, text] of [[$("h3", section), title], [$("p", section), counts]]) if (place.textContent !== text) place.textContent = text;
  keep($("ul", section), members, expectedRow);
}

function expectedRow(row) {
  const state = [say(`day.${row.state}`), row.number && say("day.number", { number: row.number }), row.isAdded && say("day.added")].filter(Boolean).join(" · ");
  return el(
    "li", { "data-testid": "expected", "data-state": row.state },
    el("time", {}, row.time), el("b", { class: "grow" }, row.name), el("span", { class: "soft" }, state),
    row.isAsking ? sure(row) : actsOf(row),
  );
}

function actsOf(row) {
  const acts = [
    row.mayArrive && button("arrive", say("day.arrive"), () => act(row, "arrivals")),
    row.mayMiss && button("miss", say("day.miss"), () => askSure(row.id)),
    row.mayFinish && button("finish", say("day.finish"), () => act(row, "completions")),
  ].filter(Boolean);
  return acts.length ? el("span", { class: "row" }, ...acts) : null;
}

function sure(row) {
  return el(
    "span", { class: "row sure" }, say("day.sure", { who: row.name, time: row.time }),
    button("miss-yes", say("day.miss-yes"), () => act(row, "absences"), "danger"), button("miss-no", say("day.miss-no"), () => askSure(null)),
  );
}

function button(name, words, deed, kind = null) {
  const made = el("button", { type: "button", class: kind, "data-act": name, "data-testid": name }, words);
  made.addEventListener("click", () => deed());
  return made;
}

function askSure(id) {
  asking = id;
  draw();
}

async function act(row, deed) {
  asking = null;
  complain($("#list"), "");
  try {
    await send(`/appointments/${row.id}/${deed}`);
  } catch (error) {
    if (deed === "arrivals" && error.status === 404) canCheckIn = false;
    complain($("#list"), deed === "arrivals" && error.status === 404 ? say("day.no-arrivals") : trouble(error), error.status < 500 ? "attention" : "stop");
  }
  await look(true);
}

function slash(event) {
  if (event.key !== "/" || event.target.closest?.("input, textarea, select")) return;
  event.preventDefault();
  $("#filter").focus();
}
