/**
 * The person in front: found by the document in their hand, which is also what opens their visit here. Kept for this
 * tab's other pages until "next person", as an id and a masked name; the number that was typed is kept nowhere.
 */
import { $, complain, el, whileBusy } from "/static/js/dom.js";
import { DOCUMENTS } from "/static/js/papers.js";
import { knows, language, say, trouble } from "/static/js/words.js";
import { read, send } from "./asking.js";
import { hasRole } from "./frame.js";
import { tab } from "./memory.js";

/** What a number looks like. A guess: the list beside it decides. */
export function kindOf(number) {
  const text = plain(number);
  if (/^8[123][0-9]{15}[0-9X]$/.test(text)) return "residence-permit";
  if (/^9[0-9]{16}[0-9X]$/.test(text)) return "permanent-residence";
  if (/^[0-9]{17}[0-9X]$/.test(text)) return "resident-id";
  if (/^[HM][0-9]{8}([0-9]{2})?$/.test(text)) return "hk-macao-permit";
  if (/^[0-9]{8}$/.test(text)) return "taiwan-permit";
  return /^[A-Z0-9]{5,12}$/.test(text) && /[A-Z]/.test(text) ? "passport" : null;
}

const plain = (number) => number.replace(/[\s-]/g, "").toUpperCase();
const isCode = (number) => /^HPS?1:/i.test(number.trim()) || /^86[0-9]{18}$/.test(plain(number));

export class Person {
  /** @param {(person: {id: string, name: string} | null) => void} onChange somebody stands in front, or nobody any more */
  constructor(onChange) {
    Object.assign(this, { onChange, section: $("#person"), form: $("#find-form"), panel: $("#in-front"), number: $("#find-number"), kind: $("#find-kind") });
    for (const { value, words } of DOCUMENTS) this.kind.append(el("option", { value }, words[language()]));
    this.number.addEventListener("input", () => this.#guess());
    this.kind.addEventListener("change", () => this.#askCountry());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#find();
    });
    document.addEventListener("keydown", (event) => this.#slash(event));
  }

  /** Take up whoever stood in front on another page. */
  begin() {
    const kept = tab.get("in-front");
    if (kept) this.#show(kept);
    else this.number.focus();
  }

  next() {
    tab.forget("in-front");
    this.form.reset();
    this.#askCountry();
    this.#show(null);
    this.number.focus();
  }

  /** Somebody known from elsewhere, a referral for example. */
  put(person) {
    tab.put("in-front", person);
    this.#show(person);
  }

  #guess() {
    const kind = kindOf(this.number.value);
    if (kind) this.kind.value = kind;
    this.#askCountry();
  }

  #askCountry() {
    $("[data-passport]", this.form).hidden = this.kind.value !== "passport";
  }

  async #find() {
    complain(this.form, "");
    $("#found").hidden = true;
    for (const field of this.form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    if (isCode(this.number.value)) return complain(this.form, say("desk.code"), "attention");
    if (!this.number.value.trim()) return this.number.focus();
    try {
      await whileBusy($("[data-testid=find-button]", this.form), () => this.#ask());
    } catch (error) {
      this.#fail(error);
    }
  }

  async #ask() {
    const paper = this.#paper();
    const { items } = await this.#search(paper);
    if (!items.length) return complain(this.form, say("desk.nobody"), "attention");
    // The city's own desks see everybody, and hold no document in their hands.
    if (!hasRole("hotline", "city_admin")) await send("/document-verifications", { ...paper, step: "register" });
    if (items.length === 1) this.put(personOf(items[0]));
    else this.#askWhich(items);
  }

  /** A read that is asked by POST: a number must not stand in an address. */
  #search(paper) {
    return send("/resident-searches", paper);
  }

  #paper() {
    const paper = { kind: this.kind.value, number: plain(this.number.value) };
    const country = $("#find-country").value.trim().toUpperCase();
    return paper.kind === "passport" && country ? { ...paper, country } : paper;
  }

  #fail(error) {
    complain(this.form, error.slug === "nobody-found" ? say("desk.unseen") : trouble(error));
    const wrong = (error.errors ?? []).map(({ pointer }) => this.form.querySelector(`[data-pointer="${CSS.escape(pointer)}"]`)).filter(Boolean);
    for (const field of wrong) field.setAttribute("aria-invalid", "true");
    (wrong[0] ?? this.number).focus();
  }

  #askWhich(items) {
    const list = $("#found");
    list.replaceChildren(...items.map((one) => {
      const button = el("button", { type: "button", class: "broad" }, `${one.display_name} · ${about(one)}`);
      button.addEventListener("click", () => this.put(personOf(one)));
      return el("li", {}, button);
    }));
    list.hidden = false;
    $("button", list).focus();
  }

  #show(person) {
    this.person = person;
    this.form.hidden = Boolean(person);
    this.panel.hidden = !person;
    $("#found").hidden = true;
    if (person) {
      this.number.value = "";
      $("[data-testid=who]", this.panel).textContent = person.name;
      $("[data-testid=who-more]", this.panel).textContent = person.more ?? "";
      $("[data-testid=who]", this.panel).focus();
    }
    this.onChange(person);
  }

  #slash(event) {
    if (event.key !== "/" || this.form.hidden || event.target.closest?.("input, textarea, select")) return;
    event.preventDefault();
    this.number.focus();
  }
}

function personOf(card) {
  return { id: card.resident_id, name: card.display_name, more: about(card) };
}

function about({ sex, age, identity }) {
  const words = [say(`sex.${sex}`), age === null || age === undefined ? "" : say("age", { age }), knows(`identity.${identity}`) ? say(`identity.${identity}`) : ""];
  return words.filter(Boolean).join(" · ");
}

/** Their open appointments first to come; whoever has no visit open here is told to show a document (404). */
export async function appointmentsOf(person) {
  const { items } = await read(`/residents/${person.id}/appointments`);
  return items;
}
