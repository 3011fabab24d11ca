/** A credit note: which lines, how many of each, and what will happen before it does. */
import { $, el } from "/static/js/dom.js";
import { yuan } from "/static/js/money.js";
import { say } from "/static/js/words.js";
import { inTongue } from "./places.js";

export const REASONS = ["returned", "not-performed", "entered-in-error", "duplicate", "other"];

export function offerReasons(select) {
  select.replaceChildren(...REASONS.map((reason) => el("option", { value: reason }, say(`reason.${reason}`))));
}

export class Crediting {
  /** @param {(body: object, total: number) => Promise<void>} onCredit */
  constructor(onCredit) {
    Object.assign(this, { part: $("#crediting"), form: $("#credit-form"), lines: $("#credit-lines") });
    offerReasons($("#credit-reason"));
    this.form.addEventListener("input", () => this.#say());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = this.#chosen();
      if (!chosen.length) return $("input", this.lines).focus();
      const lines = chosen.map(({ line, count }) => ({ position: line.position, quantity: count }));
      return onCredit({ lines, reason: $("#credit-reason").value }, totalOf(chosen));
    });
  }

  show(bill, isOffered) {
    const left = bill.lines.filter((line) => line.returned < line.quantity);
    this.bill = bill;
    this.part.open = false;
    this.part.hidden = !isOffered || !left.length;
    this.lines.replaceChildren(...left.map(field));
    this.#say();
  }

  #chosen() {
    const inputs = [...this.lines.querySelectorAll("input")];
    const all = inputs.map((input) => {
      const line = this.bill.lines.find(({ position }) => String(position) === input.dataset.position);
      const left = line.quantity - line.returned;
      const count = /^[0-9]{1,4}$/.test(input.value.trim()) ? Number(input.value) : 0;
      input.toggleAttribute("aria-invalid", false);
      if (count > left) input.setAttribute("aria-invalid", "true");
      return { line, count: Math.min(count, left) };
    });
    return all.filter(({ count }) => count > 0);
  }

  #say() {
    const chosen = this.#chosen();
    const count = chosen.reduce((sum, one) => sum + one.count, 0);
    $("#credit-what").textContent = count ? say("bills.credit-what", { count, fen: yuan(totalOf(chosen)) }) : say("bills.credit-none");
    $("[data-testid=credit]", this.form).disabled = Boolean($("[aria-invalid]", this.lines));
  }
}

function totalOf(chosen) {
  return chosen.reduce((sum, { line, count }) => sum + line.unit_price_fen * count, 0);
}

function field(line) {
  const id = `credit-${line.position}`;
  const label = say("bills.credit-line", { what: inTongue(line), left: line.quantity - line.returned });
  const input = el("input", { id, class: "digits", inputmode: "numeric", autocomplete: "off", maxlength: 4, value: "0", "data-position": line.position, "data-testid": "credit-count" });
  return el("div", { class: "field credit-line" }, el("label", { for: id }, label), input);
}
