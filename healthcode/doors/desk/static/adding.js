/** Putting something on a draft: found in the catalogue by name or code, added with one press. */
import { $, complain, el, whileBusy } from "/static/js/dom.js";
import { yuan } from "/static/js/money.js";
import { say } from "/static/js/words.js";
import { arrows } from "./arrows.js";
import { read } from "./asking.js";
import { inTongue } from "./places.js";

const SHOWN = 20;
const MOST = 9_999;

export class Adding {
  /** @param {(item: object, quantity: number) => Promise<void>} onAdd @param {(error: Error) => void} onTrouble */
  constructor(onAdd, onTrouble) {
    Object.assign(this, { onAdd, onTrouble, form: $("#add-form"), text: $("#add-text"), count: $("#add-count"), list: $("#found-items") });
    arrows(this.list, this.text);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#find();
    });
  }

  show(isOpen) {
    this.form.hidden = !isOpen;
    this.clear();
  }

  clear() {
    this.turn = Symbol("asked");
    this.form.reset();
    this.#answer([], "");
    this.count.removeAttribute("aria-invalid");
  }

  async #find() {
    const text = this.text.value.trim();
    if (!text) return this.text.focus();
    const turn = (this.turn = Symbol("asked"));
    this.onTrouble(null);
    try {
      const { items } = await whileBusy($("[data-testid=search]", this.form), () => read(`/catalogue-items?limit=${SHOWN}&text=${encodeURIComponent(text)}`));
      if (turn !== this.turn) return;
      this.#answer(items, items.length ? "" : say("bills.nothing-found", { text }));
      $("button", this.list)?.focus();
    } catch (error) {
      if (turn === this.turn) this.onTrouble(error);
    }
  }

  #answer(items, none) {
    $("#add-none").textContent = none;
    $("#add-none").hidden = !none;
    this.list.replaceChildren(...items.map((item) => el("li", {}, this.#button(item))));
    this.list.hidden = !items.length;
  }

  #button(item) {
    const about = [`${yuan(item.price_fen)} / ${item.unit}`, say(`class.${item.insurance_class}`), item.code].join(" · ");
    const button = el("button", { type: "button", class: "pick", "data-testid": "found-item" }, el("b", {}, inTongue(item)), el("span", { class: "soft" }, about));
    button.addEventListener("click", () => this.#add(item, button));
    return button;
  }

  async #add(item, button) {
    const count = /^[0-9]{1,4}$/.test(this.count.value.trim()) ? Number(this.count.value) : 0;
    const isCount = count >= 1 && count <= MOST;
    this.count.toggleAttribute("aria-invalid", false);
    if (!isCount) {
      this.count.setAttribute("aria-invalid", "true");
      complain($("#bill"), say("bills.how-many"));
      return this.count.focus();
    }
    return whileBusy(button, () => this.onAdd(item, count));
  }
}
