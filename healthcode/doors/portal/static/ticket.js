/** My number today: how many are before me, about when, and where to go when it is called. */
import { Offline } from "/static/js/api.js";
import { el } from "/static/js/dom.js";
import { clockTime, say } from "/static/js/words.js";
import { ifThere } from "./asking.js";
import { joined, secondsOf } from "./when.js";

const EVERY = 10_000; // ms, while somebody looks and there is a number
const OPEN = ["arrived", "in-progress", "onleave"];

export class Ticket {
  /** @param {{section: HTMLElement, clock: object, onOver: () => void}} with_ `onOver` when there is nothing to follow any more */
  constructor({ section, clock, onOver }) {
    Object.assign(this, { section, clock, onOver });
    this.turn = 0; // an answer about somebody chosen before is dropped
    this.tickets = [];
    document.addEventListener("visibilitychange", () => this.#look());
  }

  /** Draw this resident's numbers and keep them true. Throws what asking throws. */
  async show(residentId) {
    this.residentId = residentId;
    this.turn += 1;
    this.tickets = [];
    await this.#ask(this.turn);
  }

  async #ask(turn) {
    const answer = await ifThere(`/residents/${this.residentId}/tickets`);
    if (turn !== this.turn) return;
    const had = this.tickets.length;
    this.tickets = (answer?.items ?? []).filter((one) => OPEN.includes(one.state));
    this.askedAt = this.clock.now();
    this.#draw();
    this.#later();
    if (had && !this.tickets.length) this.onOver();
  }

  #look() {
    clearTimeout(this.timer);
    if (document.hidden || !this.tickets.length) return;
    const turn = this.turn;
    this.#ask(turn).catch((error) => {
      if (turn !== this.turn) return;
      if (error.status === 401) return this.onOver(); // signed out meanwhile; the page asks and leaves
      if (error instanceof Offline) this.#draw(say("ticket.old", { when: clockTime(this.askedAt) }));
      this.#later();
    });
  }

  #later() {
    clearTimeout(this.timer);
    if (this.tickets.length && !document.hidden) this.timer = setTimeout(() => this.#look(), EVERY);
  }

  /** Only what changed is drawn anew: a screen reader says every change. */
  #draw(doubt = "") {
    const shown = JSON.stringify([this.residentId, this.tickets, doubt]);
    this.section.hidden = !this.tickets.length;
    if (shown === this.shown) return;
    this.shown = shown;
    this.section.replaceChildren(...this.tickets.flatMap(lines), ...(doubt ? [el("p", { class: "soft" }, doubt)] : []));
  }
}

function lines(ticket) {
  return [
    el("p", { class: "huge number", "data-testid": "number" }, say("ticket.number", { number: ticket.number })),
    el("p", { class: "stands", "data-state": ticket.state, "data-testid": "stands" }, standing(ticket)),
    ticket.state === "arrived" ? el("p", { class: "soft" }, say("ticket.where", { place: ticket.place })) : null,
  ].filter(Boolean);
}

function standing({ state, place, ahead, expected_at: expectedAt }) {
  if (state === "in-progress") return say("ticket.called", { place });
  if (state === "onleave") return say("ticket.skipped", { place });
  const before = ahead ? say("ticket.ahead", { count: ahead }) : say("ticket.first");
  const about = expectedAt ? say("ticket.about", { when: clockTime(secondsOf(expectedAt)) }) : "";
  return joined([before, about]);
}
