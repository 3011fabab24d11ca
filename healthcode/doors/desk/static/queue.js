/**
 * The queue of one room: who is called, who waits, who was not there. What is asked every few seconds are numbers only;
 * the people behind them are asked for when the numbers changed, for each such look is written down for each of them.
 */
import { $, complain, el } from "/static/js/dom.js";
import { clockTime, say, trouble } from "/static/js/words.js";
import { read, readIfThere, send } from "./asking.js";
import { seconds } from "./days.js";
import { now } from "./frame.js";
import { Keys } from "./keys.js";
import { tab } from "./memory.js";
import { keep } from "./steady.js";

const AT_LEAST_EVERY = 60; // seconds; estimates move, and no number with them

export class Queue {
  /** @param {() => void} onActed somebody was called, skipped, finished */
  constructor(onActed) {
    Object.assign(this, { onActed, section: $("#queue"), choice: $("#queue-choice"), tickets: [], isThere: true, isBusy: false });
    this.choice.addEventListener("change", () => this.#choose());
    const acts = { KeyN: "call", Enter: "call", KeyR: "recall", KeyS: "skip", KeyD: "done" };
    for (const act of ["call", "recall", "skip", "done"]) $(`[data-act=${act}]`, this.section).addEventListener("click", () => this.#act(act));
    new Keys(Object.fromEntries(Object.entries(acts).map(([code, act]) => [code, () => this.#act(act)])), () => !this.section.hidden && $("#keys").checked && Boolean(this.section.offsetParent));
    $("#keys").checked = tab.get("keys") ?? true;
    $("#keys").addEventListener("change", () => tab.put("keys", $("#keys").checked));
  }

  begin(institutionId) {
    this.institutionId = institutionId;
  }

  /** Only today has a queue. */
  show(isToday) {
    this.isToday = isToday;
    this.section.hidden = !isToday || !this.isThere || !this.queues;
  }

  /** True if something in any queue here has changed since the last look. Throws what asking throws. */
  async look() {
    if (!this.isThere || !this.isToday) return false;
    const answer = await readIfThere(`/institutions/${this.institutionId}/queues`).catch(absentIfForbidden);
    if (!answer) {
      this.isThere = false;
      this.section.hidden = true;
      return false;
    }
    const numbers = JSON.stringify(answer.items);
    const isChanged = numbers !== this.numbers;
    this.numbers = numbers;
    if (isChanged) this.#offer(answer.items);
    if (isChanged || now() - (this.askedAt ?? 0) > AT_LEAST_EVERY) await this.#ask();
    if (this.section.hidden) this.#appear();
    return isChanged;
  }

  #appear() {
    this.section.hidden = !this.isToday;
    if (this.isToday && document.activeElement === document.body) $("[data-act=call]", this.section).focus();
  }

  #offer(queues) {
    this.queues = queues;
    const kept = this.queues.find((one) => one.place === tab.get("queue")) ?? queues[0];
    const options = queues.map((one) => ({ id: one.id, text: `${one.place} · ${say("queue.waiting", { count: one.waiting })}` }));
    keep(this.choice, options, ({ id, text }) => el("option", { value: id }, text));
    this.choice.hidden = queues.length < 2;
    $("#queue-title").textContent = queues.length === 1 ? say("queue.of", { place: queues[0].place }) : say("queue.title");
    if (kept) this.choice.value = kept.id;
  }

  async #choose() {
    tab.put("queue", this.#chosen()?.place ?? null);
    await this.#ask().catch((error) => this.#complain(error));
  }

  #chosen() {
    return this.queues?.find((one) => one.id === this.choice.value);
  }

  async #ask() {
    const queue = this.#chosen();
    const asked = (this.asked = Symbol("tickets"));
    const { items } = queue ? await read(`/queues/${queue.id}/tickets`) : { items: [] };
    if (asked !== this.asked) return;
    this.askedAt = now();
    this.tickets = items;
    this.#draw();
  }

  #draw() {
    const called = this.tickets.filter((one) => one.state === "in-progress").sort((one, other) => seconds(other.called_at) - seconds(one.called_at));
    this.current = called.find((one) => one.id === tab.get("called")) ?? called[0] ?? null;
    this.#drawNow();
    const waiting = this.tickets.filter((one) => one.state === "arrived").sort((one, other) => (one.ahead ?? Infinity) - (other.ahead ?? Infinity));
    const also = called.filter((one) => one !== this.current);
    const skipped = this.tickets.filter((one) => one.state === "onleave");
    keep($("#waiting"), waiting.map(shown), (one) => this.#row(one));
    keep($("#also .list"), also.map(shown), (one) => this.#row(one, [["skip", "queue.skip"], ["done", "queue.done"]]));
    keep($("#skipped .list"), skipped.map(shown), (one) => this.#row(one, [["return", "queue.return"]]));
    $("#also").hidden = !also.length;
    $("#skipped").hidden = !skipped.length;
    $("#nobody").hidden = waiting.length > 0;
    sayIfNew($("#waiting-count"), String(waiting.length));
  }

  #drawNow() {
    const one = this.current;
    const part = (name) => $(`[data-part=${name}]`, $("#now"));
    const hadFocus = $("#now-acts").contains(document.activeElement);
    sayIfNew(part("word"), one ? say("queue.now", { when: one.called_at ? clockTime(seconds(one.called_at)) : "" }) : say("queue.nobody-called"));
    sayIfNew(part("number"), one ? String(one.number) : "—");
    sayIfNew(part("who"), one ? [one.display_name, urgentWord(one)].filter(Boolean).join(" · ") : "");
    $("#now-acts").hidden = !one;
    if (hadFocus && !one) $("[data-act=call]", this.section).focus();
  }

  #row(one, acts = []) {
    const buttons = acts.map(([act, words]) => {
      const button = el("button", { type: "button", "data-act": `ticket-${act}`, "data-testid": `ticket-${act}` }, say(words));
      button.addEventListener("click", () => this.#act(act, this.tickets.find((ticket) => ticket.id === one.id)));
      return button;
    });
    return el(
      "li", { "data-testid": "ticket", "data-priority": one.priority },
      el("b", { class: "number" }, one.number), el("span", { class: "grow" }, one.name),
      one.isUrgent ? el("b", { class: "urgent" }, say("queue.urgent")) : null,
      one.expected ? el("span", { class: "soft" }, one.expected) : null,
      ...buttons,
    );
  }

  /** One at a time: the key that is pressed twice calls one person. The button keeps the focus, so nothing is disabled. */
  async #act(act, ticket = this.current) {
    if (this.isBusy || !this.isToday || (act !== "call" && !ticket)) return;
    this.isBusy = true;
    this.section.setAttribute("aria-busy", "true");
    complain(this.section, "");
    try {
      const made = await this.#send(act, ticket);
      if (act === "call") tab.put("called", made.id);
    } catch (error) {
      this.#complain(error);
    } finally {
      this.isBusy = false;
      this.section.removeAttribute("aria-busy");
    }
    this.numbers = null;
    this.onActed();
  }

  #send(act, ticket) {
    if (act === "call") {
      const queue = this.#chosen();
      return queue ? send(`/queues/${queue.id}/calls`) : Promise.reject(Object.assign(new Error("no queue"), { title: say("queue.none") }));
    }
    if (act === "done") return send(`/appointments/${ticket.appointment_id}/completions`);
    return send(`/tickets/${ticket.id}/${{ recall: "calls", skip: "skips", return: "returns" }[act]}`);
  }

  #complain(error) {
    complain(this.section, trouble(error), error.status === 409 || error.title === say("queue.none") ? "attention" : "stop");
  }
}

function absentIfForbidden(error) {
  if (error.status === 403) return null;
  throw error;
}

/** What a row says, and nothing else, so that it is drawn anew only when that changes. */
function shown(one) {
  const expected = one.state === "arrived" && one.expected_at ? say("queue.expected", { when: clockTime(seconds(one.expected_at)) }) : "";
  return { id: one.id, number: String(one.number), name: one.display_name ?? "", priority: one.priority, isUrgent: one.priority === "urgent", expected };
}

const urgentWord = (one) => (one.priority === "urgent" ? say("queue.urgent") : "");

/** A live region speaks when it is written to, also with the same words. */
function sayIfNew(place, text) {
  if (place.textContent !== text) place.textContent = text;
}
