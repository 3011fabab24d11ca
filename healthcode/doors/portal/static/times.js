/** The days of a clinic with what is free on each, and the hours of the chosen one. */
import { el } from "/static/js/dom.js";
import { clockTime, say } from "/static/js/words.js";
import { TO, dateOf, secondsOf, spokenMoment, weekdayOf } from "./when.js";

/** One button a day: its weekday, its date, and in a word what there is. */
export function dayButtons(days, { chosen, today, onChoose }) {
  return days.map((one) => {
    const isChosen = one.day === chosen;
    const weekday = one.day === today ? say("time.today") : weekdayOf(one.day);
    const attributes = { type: "button", class: "day", "aria-pressed": String(isChosen), "data-state": one.state, "data-day": one.day, "data-testid": "day" };
    const button = el("button", attributes, el("b", {}, weekday), el("span", {}, dateOf(one.day)), el("span", { class: "soft" }, meaning(one)));
    button.addEventListener("click", () => onChoose(one));
    return button;
  });
}

function meaning({ state, free }) {
  if (state === "open") return say("book.free", { count: free });
  return say(state === "full" ? "book.full" : "book.later");
}

/** What can be done on a day: hours to choose, or why there are none and what then. `mine` is the slot being moved. */
export function dayParts(one, { now, mine, onChoose, onWait }) {
  if (one.state === "later") return [el("p", { class: "says", "data-testid": "opens" }, say("book.opens", { when: spokenMoment(one.opensAt, now) }))];
  if (one.state === "open") return hours(one.slots, { mine, onChoose });
  if (!onWait) return [full("book.another-day")];
  const button = el("button", { type: "button", class: "main-act", "data-testid": "wait" }, say("book.wait"));
  button.addEventListener("click", () => onWait(one.slots[0], button));
  return [full("book.wait-means"), button];
}

function full(next) {
  return el("div", { class: "says", "data-testid": "full" }, el("p", {}, el("b", {}, say("book.is-full"))), el("p", {}, say(next)));
}

function hours(slots, { mine, onChoose }) {
  const isMorning = (slot) => Number(clockTime(secondsOf(slot.starts_at)).slice(0, 2)) < 12;
  const halves = [["book.morning", slots.filter(isMorning)], ["book.afternoon", slots.filter((slot) => !isMorning(slot))]];
  return halves
    .filter(([, its]) => its.some((slot) => slot.free))
    .map(([words, its]) => el("div", { class: "near" }, el("h2", {}, say(words)), el("div", { class: "times" }, ...timeButtons(its, { mine, onChoose }))));
}

/** Only what can be had is a button; the slot that is had already says so. */
export function timeButtons(slots, { mine, onChoose }) {
  return slots.filter((slot) => slot.free || slot.id === mine).map((slot) => {
    const isMine = slot.id === mine;
    const time = clockTime(secondsOf(slot.starts_at));
    const beside = isMine ? say("book.now") : say("book.free", { count: slot.free });
    const button = el("button", { type: "button", class: "time", disabled: isMine, "data-slot": slot.id, "data-testid": "time" }, el("b", {}, time), el("span", { class: "soft" }, beside));
    button.addEventListener("click", () => onChoose(slot));
    return button;
  });
}

/** From when to when, as one says it: "12月3日 周四 14:00–14:30". */
export function spanOf(slot, now) {
  const [from, to] = [secondsOf(slot.starts_at), secondsOf(slot.ends_at)];
  return `${spokenMoment(from, now)}${TO}${clockTime(to)}`;
}
