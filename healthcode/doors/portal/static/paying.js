/**
 * Paying one bill: begun once however often it is pressed, followed until the money has moved or has not, and given up
 * when somebody wishes. A payment that already runs, here or on another phone, is the one that is shown.
 */
import { Offline, call } from "/static/js/api.js";
import { $, complain, whileBusy } from "/static/js/dom.js";
import { yuan } from "/static/js/money.js";
import { draw } from "/static/js/qr.js";
import { knows, say, trouble } from "/static/js/words.js";
import { ifThere, send } from "./asking.js";
import { isToPay } from "./bill.js";
import { secondsOf, spokenMoment } from "./when.js";

const RUNNING = ["requires-payment", "processing"];
const PAUSES = [2_000, 3_000, 5_000, 10_000]; // ms; whoever pays at once sees it at once
const LOOKS_EACH = 8; // looks with one pause before the next longer one
const WAYS = ["http:", "https:", "weixin:", "wxp:", "alipays:"]; // where a link to pay may lead
const ROOM = 276; // CSS px of the code

export class Paying {
  /**
   * @param {HTMLElement} part
   * @param {{channel: string, now: () => number, onEnd: () => Promise<void>}} with_ `onEnd` reads the bill anew
   */
  constructor(part, { channel, now, onEnd }) {
    Object.assign(this, { part, channel, now, onEnd });
    this.button = $("[data-act=pay]", part);
    this.way = $("[data-way]", part);
    this.turn = 0; // what is said about an earlier bill is dropped
    document.addEventListener("visibilitychange", () => this.#look());
    window.addEventListener("online", () => this.#look());
  }

  /** The bill that can be paid here; a payment of it that runs is followed at once. */
  async show(bill) {
    this.#stop();
    const { turn } = this;
    this.bill = bill;
    this.part.hidden = !isToPay(bill);
    complain(this.part, "");
    this.#offer();
    if (!isToPay(bill)) return;
    const found = await ifThere(`/bills/${bill.id}/payments`).catch(() => null); // pressing finds it as well
    const running = found?.items.find((one) => RUNNING.includes(one.state));
    if (running && turn === this.turn && !this.payment) this.#follow(running);
  }

  hide() {
    this.#stop();
    this.bill = null;
    this.part.hidden = true;
  }

  /** Begin, or go on with what has begun. */
  async pay() {
    const { bill, turn } = this;
    if (!bill || this.isBeginning || this.payment) return;
    this.isBeginning = true;
    complain(this.part, "");
    try {
      const payment = await whileBusy(this.button, () => this.#begin(bill));
      if (turn === this.turn) this.#follow(payment);
    } catch (error) {
      if (turn !== this.turn) return;
      if (error.slug === "wrong-state") await this.onEnd(); // paid or void meanwhile
      complain(this.part, inWords(error));
    } finally {
      this.isBeginning = false;
    }
  }

  async cancel(button) {
    const { payment, turn } = this;
    if (!payment) return;
    complain(this.part, "");
    try {
      const ended = await whileBusy(button, () => send(`/payments/${payment.id}/cancellations`));
      if (turn === this.turn) this.#told(ended ?? { ...payment, state: "cancelled" });
    } catch (error) {
      if (turn !== this.turn) return;
      complain(this.part, inWords(error));
      this.#look();
    }
  }

  async #begin(bill) {
    try {
      return await send(`/bills/${bill.id}/payments`, { channel: this.channel });
    } catch (error) {
      const running = error.slug === "payment-under-way" && error.body.payment_id;
      if (!running) throw error;
      return call("GET", `/payments/${running}`);
    }
  }

  #follow(payment) {
    this.looks = 0;
    this.#told(payment);
  }

  #told(payment) {
    if (RUNNING.includes(payment.state)) {
      this.#show(payment);
      return this.#later();
    }
    this.#stop();
    this.#offer();
    return this.#end(payment);
  }

  async #end(payment) {
    const said = { succeeded: say("pay.succeeded", { fen: yuan(payment.amount_fen) }), failed: why(payment), cancelled: say("pay.cancelled") }[payment.state] ?? "";
    const tone = { succeeded: "done", failed: "stop" }[payment.state] ?? "attention";
    await this.onEnd(said, tone);
  }

  #show(payment) {
    const isNew = payment.id !== this.payment?.id || payment.code_url !== this.payment?.code_url;
    this.payment = payment;
    this.button.hidden = true;
    this.way.hidden = false;
    const link = leadsTo(payment.code_url); // none until the channel has said where to pay
    const says = say(link ? "pay.waiting" : "pay.preparing", { fen: yuan(payment.amount_fen) });
    if ($("[data-says]", this.way).textContent !== says) $("[data-says]", this.way).textContent = says; // read aloud once
    $("[data-until]", this.way).textContent = say("pay.until", { when: spokenMoment(secondsOf(payment.expires_at), this.now()) });
    $("[data-code]", this.way).hidden = !link;
    if (!link || !isNew) return;
    $("[data-link]", this.way).href = link;
    draw($("canvas", this.way), link, ROOM, "any");
  }

  #offer() {
    this.payment = null;
    this.way.hidden = true;
    this.button.hidden = false;
    this.button.textContent = this.bill ? say("pay.pay", { fen: yuan(this.bill.due_fen) }) : "";
  }

  #later() {
    clearTimeout(this.timer);
    const pause = PAUSES[Math.min(Math.floor(this.looks / LOOKS_EACH), PAUSES.length - 1)];
    this.looks += 1;
    this.timer = setTimeout(() => this.#look(), pause);
  }

  async #look() {
    clearTimeout(this.timer);
    const { payment, turn } = this;
    if (!payment || document.hidden) return;
    try {
      const now = await call("GET", `/payments/${payment.id}`);
      if (turn !== this.turn || payment.id !== this.payment?.id) return;
      complain(this.part, "");
      this.#told(now);
    } catch (error) {
      if (turn !== this.turn || payment.id !== this.payment?.id) return;
      complain(this.part, error instanceof Offline ? say("pay.offline") : trouble(error), "attention");
      this.#later();
    }
  }

  #stop() {
    this.turn += 1;
    clearTimeout(this.timer);
    this.payment = null;
  }
}

/** The address to pay at, or null where it is none that a phone should follow. */
function leadsTo(address) {
  try {
    const url = new URL(address, location.href);
    return address && WAYS.includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

function why({ why: word }) {
  return say(knows(`pay.why.${word}`) ? `pay.why.${word}` : "pay.failed");
}

/** Nobody knows yet whether it has begun: the same press again is the same payment. */
function inWords(error) {
  return error instanceof Offline ? say("pay.lost") : trouble(error);
}
