/** Why a place cannot be had, for the person who wanted it, and what they can do now. */
import { Offline } from "/static/js/api.js";
import { say, trouble } from "/static/js/words.js";
import { secondsOf, spokenMoment } from "./when.js";

const NEXT = {
  "identity-not-proved": "book.prove",
  "too-many-appointments": "book.too-many",
  "already-booked": "book.already",
  "slots-overlap": "book.overlap",
  "too-late-to-change": "book.cannot-move",
  "wrong-state": "book.cannot-move",
  "places-are-free": "book.free-again",
};
/** What is better looked at beside what one has. */
const BESIDE_MINE = ["too-many-appointments", "already-booked", "slots-overlap", "too-late-to-change", "wrong-state"];

/** `now` in seconds. */
export function refusalOf(error, now) {
  if (error instanceof Offline) return say("deed.lost");
  if (error.slug === "booking-closed") return say("book.closed", { when: spokenMoment(secondsOf(error.body.until), now) });
  if (error.slug === "slot-not-open" && error.body.opens_at) return say("book.not-open", { when: spokenMoment(secondsOf(error.body.opens_at), now) });
  return NEXT[error.slug] ? say(NEXT[error.slug]) : trouble(error);
}

export function isBesideMine(error) {
  return BESIDE_MINE.includes(error.slug);
}
