/** One appointment, drawn: its state as a word and a shape, when, what, where, and what can be done with it. */
import { el } from "/static/js/dom.js";
import { say } from "/static/js/words.js";
import { isKept } from "./next.js";
import { dayOf, joined, secondsOf, spokenDay, spokenMoment, timeLeft, untilThen } from "./when.js";

const OPEN = ["proposed", "booked", "waitlist", "arrived"];
const LATE = 3600; // seconds, after which what was booked is not "next" any more

/** A state's shape; the page keeps one of each. */
export function shape(name) {
  return document.getElementById(`shape-${name}`).content.firstElementChild.cloneNode(true);
}

/** What is big, what follows, and what is over. A place that is kept comes first: it waits for a yes and ends by itself. */
export function sorted(appointments, now) {
  const today = dayOf(now);
  const isAhead = (one) => OPEN.includes(one.state) && one.day >= today;
  const open = appointments.filter(isAhead).sort((one, other) => rank(one, now) - rank(other, now) || beginning(one) - beginning(other));
  return { first: open[0] ?? null, more: open.slice(1), past: appointments.filter((one) => !isAhead(one)) };
}

function rank(one, now) {
  if (isKept(one, now)) return 0;
  if (one.state === "arrived") return 1;
  if (one.state === "booked") return secondsOf(one.starts_at) > now - LATE ? 2 : 4;
  return 3;
}

function beginning(one) {
  return one.starts_at ? secondsOf(one.starts_at) : secondsOf(`${one.day}T12:00:00+08:00`);
}

/** "offered" stands beside the service's own states: a place is there, and somebody who waits must decide. */
export function stateOf(one) {
  return one.is_offered ? "offered" : one.state;
}

/** When it is, without how long until then. */
export function whenOf(one, now) {
  return one.starts_at ? spokenMoment(secondsOf(one.starts_at), now) : spokenDay(one.day, dayOf(now));
}

/** The whole of it in one line, for a question or an answer about it. */
export function lineOf(one, naming, now) {
  return joined([whenOf(one, now), naming.title, naming.where]);
}

/**
 * @param {{naming: object, now: number, acts: (HTMLElement|null)[], ticks: Function}} with_ `ticks(element, text)` keeps
 *   a text that changes with the time
 */
export function draw(one, { naming, now, acts, ticks }) {
  const state = stateOf(one);
  const at = one.starts_at && secondsOf(one.starts_at);
  const isSoon = at && OPEN.includes(one.state);
  return [
    el("p", { class: "is", "data-state": state }, shape(shapeOf(state)), el("span", {}, word(one, state))),
    el("p", { class: "when" }, el("time", { datetime: one.starts_at ?? one.day }, whenOf(one, now)), isSoon ? ticks(el("span", { class: "soft" }), (moment) => untilThen(at, moment)) : null),
    el("p", {}, [naming.title, naming.room].filter(Boolean).join(" · ")),
    el("p", { class: "soft" }, naming.where),
    said(one, now, ticks),
    el("div", { class: "row" }, ...acts),
  ].filter(Boolean);
}

function shapeOf(state) {
  return { proposed: "kept", offered: "kept" }[state] ?? state;
}

function word(one, state) {
  const words = say(`state.${state}`);
  return state === "arrived" && one.ticket ? `${words} · ${say("appointment.number", { number: one.ticket })}` : words;
}

function said(one, now, ticks) {
  if (one.held_until && (one.state === "proposed" || one.is_offered)) {
    const until = secondsOf(one.held_until);
    const text = (moment) => (moment < until ? say("appointment.kept", { until: spokenMoment(until, moment), left: timeLeft(until, moment) }) : say("appointment.let-go"));
    return ticks(el("p", { class: "says", "data-tone": "attention", "data-testid": "kept" }), text);
  }
  if (one.state === "waitlist") return el("p", {}, say("appointment.waits"));
  if (one.state === "booked" && one.day === dayOf(now)) return el("p", {}, say("appointment.come"));
  return null;
}
