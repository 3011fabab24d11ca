/** The slip for somebody's hand: date, time, place, number. Seen on paper alone. */
import { $, el } from "/static/js/dom.js";
import { say } from "/static/js/words.js";

/** @param {{who: string, day: string, time: string, place: string, clinic: string, number: number | null}} told */
export function fillSlip({ who, day, time, place, clinic, number }) {
  const lines = [
    ["slip.who", who],
    ["slip.day", day],
    ["slip.time", time],
    ["slip.place", place],
    ["slip.clinic", clinic],
    ["slip.number", number === null || number === undefined ? say("slip.later") : String(number)],
  ];
  $("#slip dl").replaceChildren(...lines.flatMap(([key, text]) => [el("dt", {}, say(key)), el("dd", {}, text || "—")]));
}
