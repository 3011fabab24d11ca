/** One bill at the desk: what is on it, what it would come to, and what this post may do with it. */
import { $, complain, el, whileBusy } from "/static/js/dom.js";
import { sum, yuan } from "/static/js/money.js";
import { knows, say, trouble } from "/static/js/words.js";
import { Adding } from "./adding.js";
import { read, readIfThere, remove, send } from "./asking.js";
import { Crediting, offerReasons } from "./crediting.js";
import { dayOf, spokenDay } from "./days.js";
import { hasRole, now } from "./frame.js";
import { inTongue } from "./places.js";

export const WRITERS = ["clerk", "cashier", "doctor", "nurse", "pharmacist", "station_worker"];
const CASHIERS = ["cashier", "clerk", "station_worker"];

export class OpenBill {
  /**
   * @param {{nameOf: (bill: object) => string, onDeed: () => void, onChange: (said: string, bill: object) => void}} with_
   *   `nameOf` is who stands in front, if the bill is theirs
   */
  constructor({ nameOf, onDeed, onChange }) {
    Object.assign(this, { nameOf, onDeed, onChange, section: $("#bill") });
    this.adding = new Adding((item, count) => this.#add(item, count), (error) => this.#say(error));
    this.crediting = new Crediting((body, total) => this.#credit(body, total));
    offerReasons($("#void-reason"));
    $("#void-reason").value = "entered-in-error";
    $("#void-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#cancel();
    });
  }

  get id() {
    return this.bill?.id ?? null;
  }

  /** Throws what reading throws. Until it is there, what stands there is another one, and takes no deed. */
  async open(id) {
    const turn = (this.turn = Symbol("bill"));
    this.section.inert = true;
    let bill;
    try {
      bill = await read(`/bills/${id}`);
    } finally {
      if (turn === this.turn) this.section.inert = false;
    }
    if (turn !== this.turn) return;
    this.show(bill);
    $("#bill-title").focus();
  }

  close() {
    this.turn = Symbol("bill");
    this.section.inert = false;
    this.bill = null;
    this.section.hidden = true;
    $("#no-bill").hidden = false;
  }

  show(bill) {
    this.bill = bill;
    const isDraft = bill.state === "draft";
    const isWriter = hasRole(...WRITERS);
    const isCashier = hasRole(...CASHIERS);
    complain(this.section, "");
    $("#no-bill").hidden = true;
    this.section.hidden = false;
    this.#title();
    $("#bill-lines").replaceChildren(...bill.lines.map((line) => this.#line(line, isDraft && isWriter)));
    $("#bill-lines").hidden = !bill.lines.length;
    $("#no-lines").hidden = bill.lines.length > 0;
    this.adding.show(isDraft && isWriter);
    $("#issuing").hidden = !isDraft || !isWriter || !bill.lines.length;
    this.#amounts(isDraft);
    const isDue = bill.state === "issued" && bill.due_fen > 0;
    $("#cash").hidden = !isDue;
    $("#cash [data-due]").textContent = yuan(bill.due_fen);
    $("[data-act=take-cash]").textContent = say("bills.take-cash", { fen: yuan(bill.due_fen) });
    $("[data-act=take-cash]").hidden = !isCashier;
    $("#bill-paper").hidden = isDraft || !bill.number;
    $("#bill-paper a").href = `/api/v1/bills/${bill.id}/itemised-list`;
    this.#receipts();
    this.crediting.show(bill, isCashier && ["issued", "balanced"].includes(bill.state));
    this.#void(isCashier && bill.state !== "cancelled");
    if (isDraft && bill.lines.length) this.#preview();
  }

  #title() {
    const { bill } = this;
    const name = this.nameOf(bill);
    $("#bill-title").textContent = name ? say("bills.of", { who: name }) : bill.number ? say("bills.at", { number: bill.number }) : say("bills.a-draft");
    const about = [say(`bill.${bill.state}`), spokenDay(bill.day, dayOf(now())), name && bill.number ? say("bills.at", { number: bill.number }) : "", bill.is_chronic ? say("bill.chronic") : "", bill.cancellation_number ? `${say("bill.cancellation")} ${bill.cancellation_number}` : ""];
    $("#bill-about").textContent = about.filter(Boolean).join(" · ");
  }

  #line(line, canGo) {
    const isDraft = this.bill.state === "draft";
    const parts = [say("line.count", { count: line.quantity, unit: line.unit, price: yuan(line.unit_price_fen) }), say(`class.${line.insurance_class}`)];
    if (!isDraft) parts.push(say("line.pool", { fen: yuan(line.pool_fen) }), say("bills.line-own", { fen: yuan(line.own_fen) }));
    if (line.returned) parts.push(line.returned === line.quantity ? say("line.all-returned") : say("line.returned", { count: line.returned, unit: line.unit }));
    const row = el(
      "li", { class: "bill-line", "data-testid": "bill-line" },
      el("div", {}, el("b", {}, inTongue(line)), el("p", { class: "soft" }, parts.join(" · "))),
      el("b", { class: "number" }, yuan(line.amount_fen)),
    );
    if (canGo) {
      const button = el("button", { type: "button", "data-testid": "take-off" }, say("bills.take-off"), el("span", { class: "hidden-word" }, ` ${inTongue(line)}`));
      button.addEventListener("click", () => this.#takeOff(line, button));
      row.append(button);
    }
    return row;
  }

  #amounts(isDraft) {
    const { bill } = this;
    const rows = isDraft ? [] : [["bill.total", bill.total_fen], ["bill.pool", -bill.pool_fen], ["bill.supplement", -bill.supplement_fen], ["bills.own", bill.own_fen], ["bill.credited", -bill.credited_own_fen], ["bill.paid", bill.paid_fen]];
    $("#bill-sums").replaceChildren(...rows.filter(([, fen], at) => fen || at === 0).flatMap(([key, fen]) => [el("dt", {}, say(key)), el("dd", { class: "number" }, yuan(fen))]));
    $("#bill-sums").hidden = isDraft;
    this.#steps(bill.steps);
    $("#bill-notes").hidden = !bill.credit_notes.length;
    $("#bill-notes ul").replaceChildren(...bill.credit_notes.map((note) => el("li", {}, el("b", { class: "number" }, yuan(-note.total_fen)), el("span", { class: "grow" }, `${note.number} · ${say(knows(`reason.${note.reason}`) ? `reason.${note.reason}` : "reason.other")}${note.refunded_fen ? ` · ${say("note.refunded", { fen: yuan(note.refunded_fen) })}` : ""}`))));
  }

  /** The bill is true without them. */
  async #receipts() {
    const { bill } = this;
    $("#bill-receipts").hidden = true;
    if (!bill.paid_fen && !bill.credit_notes.length) return;
    const found = await readIfThere(`/bills/${bill.id}/receipts`).catch(() => null);
    if (bill !== this.bill || !found?.items.length) return;
    $("#bill-receipts").replaceChildren(...found.items.map(({ amount_fen: fen, token }) => el("li", {}, el("a", { href: `/receipt#${token}`, target: "_blank", "data-testid": "receipt" }, say("receipt.open", { fen: yuan(fen) })))));
    $("#bill-receipts").hidden = false;
  }

  #steps(steps) {
    $("#bill-why").hidden = !steps.length;
    $("#bill-why ol").replaceChildren(...steps.map((step) => el("li", {}, el("span", { class: "grow" }, step.why), el("b", { class: "number" }, yuan(step.fen)))));
  }

  #void(isOffered) {
    const { bill } = this;
    $("#voiding").open = false;
    $("#voiding").hidden = !isOffered;
    complain($("#void-form"), "");
    const what = bill.paid_fen ? "bills.cancel-paid" : "bills.cancel-what";
    $("#void-what").textContent = bill.state === "draft" ? say("bills.cancel-draft") : say(what, { number: bill.number, fen: yuan(bill.paid_fen) });
  }

  async #preview() {
    const { bill, turn } = this;
    $("#would").textContent = "";
    try {
      const told = await read(`/bills/${bill.id}/preview`);
      if (bill !== this.bill || turn !== this.turn) return;
      const total = yuan(sum(bill.lines, "amount_fen"));
      $("#would").textContent = say("bills.would", { total, pool: yuan(told.pool_fen), supplement: yuan(told.supplement_fen), own: yuan(told.own_fen) });
      this.#steps(told.steps);
    } catch (error) {
      if (bill === this.bill) $("#would").textContent = trouble(error);
    }
  }

  async #add(item, quantity) {
    await this.#deed(async (bill) => {
      const changed = await send(`/bills/${bill.id}/items`, { items: [{ code: item.code, quantity }] });
      return [say("bills.added", { count: quantity, what: inTongue(item) }), changed];
    });
    this.adding.text.focus();
  }

  #takeOff(line, button) {
    return whileBusy(button, () => this.#deed(async (bill) => {
      await remove(`/bills/${bill.id}/items/${line.id}`);
      return [say("bills.taken-off", { what: inTongue(line) }), await read(`/bills/${bill.id}`)];
    }));
  }

  issue(button) {
    return whileBusy(button, () => this.#deed(async (bill) => {
      const issued = await send(`/bills/${bill.id}/issues`);
      return [say("bills.issued", { number: issued.number, fen: yuan(issued.due_fen) }), issued];
    }));
  }

  takeCash(button) {
    return whileBusy(button, () => this.#deed(async (bill) => {
      await send(`/bills/${bill.id}/cash-payments`, { amount_fen: bill.due_fen });
      return [say("bills.cash-taken", { fen: yuan(bill.due_fen) }), await read(`/bills/${bill.id}`)];
    }));
  }

  #credit(body, total) {
    return whileBusy($("[data-testid=credit]"), () => this.#deed(async (bill) => {
      const changed = await send(`/bills/${bill.id}/credit-notes`, body);
      return [say("bills.credited", { fen: yuan(total) }), changed];
    }, $("#credit-form")));
  }

  #cancel() {
    return whileBusy($("[data-testid=void]"), () => this.#deed(async (bill) => {
      const changed = await send(`/bills/${bill.id}/cancellations`, { reason: $("#void-reason").value });
      return [say("bills.cancelled"), changed];
    }, $("#void-form")));
  }

  /** What was done is said and shown, unless another bill was opened meanwhile; what was not is said where it was asked. */
  async #deed(deed, place = this.section) {
    const { bill } = this;
    this.onDeed();
    complain(place, "");
    try {
      const [said, changed] = await deed(bill);
      if (bill.id === this.id) this.show(changed);
      this.onChange(said, changed);
    } catch (error) {
      if (bill.id !== this.id) return;
      if (error.status === 409) await this.#anew();
      complain(place === this.section || !place.closest("details").hidden ? place : this.section, inWords(error));
      const parent = place.closest("details");
      if (parent && !parent.hidden) parent.open = true;
    }
  }

  /** Somebody was faster: how the bill stands now. */
  async #anew() {
    const { id } = this;
    const bill = await read(`/bills/${id}`).catch(() => null);
    if (bill && id === this.id) this.show(bill);
  }

  #say(error) {
    complain(this.section, error ? inWords(error) : "");
  }
}

function inWords(error) {
  return error.name === "Offline" ? say("bills.lost") : trouble(error);
}
