/** The one line under the code: what is next for this person. Asked after the code is drawn; nothing old is ever said. */
import { call } from "/static/js/api.js";
import { $ } from "/static/js/dom.js";
import { say } from "/static/js/words.js";
import { dayOf, joined, secondsOf, spokenMoment, untilThen } from "./when.js";

const AGAIN_AFTER = 60_000; // ms; the code page looks around more often than that
const LATE = 3600; // seconds; whoever is late still wants to see it

export class NextLine {
  constructor(line, clock) {
    Object.assign(this, { line, clock });
    this.hide();
  }

  hide() {
    this.residentId = null;
    this.line.hidden = true;
  }

  async show(residentId) {
    if (!navigator.onLine) return this.hide();
    if (residentId === this.residentId && performance.now() - this.askedAt < AGAIN_AFTER) return;
    Object.assign(this, { residentId, askedAt: performance.now() });
    try {
      const { items } = await call("GET", `/residents/${residentId}/appointments`);
      if (residentId === this.residentId) this.#say(nextOf(items, this.clock.now()));
    } catch {
      if (residentId === this.residentId) this.hide(); // no network, or not for this proxy to know
    }
  }

  #say(next) {
    $("[data-next]", this.line).textContent = next ?? say("next.none");
    this.line.hidden = false;
  }
}

/** What is next, in words, or null. A number that will be called comes first, then a place that is kept, then the nearest. */
export function nextOf(appointments, now) {
  const today = dayOf(now);
  const arrived = appointments.find((one) => one.state === "arrived" && one.day === today);
  if (arrived) return say("next.arrived", { number: arrived.ticket });
  const kept = appointments.find((one) => isKept(one, now));
  if (kept) return say("next.kept", { until: spokenMoment(secondsOf(kept.held_until), now) });
  const ahead = appointments.filter((one) => one.state === "booked" && secondsOf(one.starts_at) > now - LATE);
  const [nearest] = ahead.sort((one, other) => secondsOf(one.starts_at) - secondsOf(other.starts_at));
  if (!nearest) return null;
  const at = secondsOf(nearest.starts_at);
  return say("next.booked", { when: joined([spokenMoment(at, now), untilThen(at, now)]) });
}

/** A place is kept for this person and waits for their yes. */
export function isKept(appointment, now) {
  const isWaiting = appointment.state === "proposed" || appointment.is_offered;
  return isWaiting && Boolean(appointment.held_until) && secondsOf(appointment.held_until) > now;
}
