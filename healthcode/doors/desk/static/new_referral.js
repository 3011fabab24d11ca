/** A new referral for the person in front, or one that answers another and sends them back down. */
import { $, complain, el, whileBusy } from "/static/js/dom.js";
import { say, trouble } from "/static/js/words.js";
import { send } from "./asking.js";
import { Person } from "./person.js";
import { inTongue, place, placeNamed, placesAround } from "./places.js";

const URGENCIES = ["routine", "urgent", "asap", "stat"];

export class NewReferral {
  /** @param {(words: string) => void} onSent */
  constructor(me, onSent) {
    Object.assign(this, { me, onSent, section: $("#new"), form: $("#new-form"), answers: null });
    this.person = new Person(() => this.#forgetAnswer());
    $("#urgency").append(...URGENCIES.map((urgency) => el("label", { class: "choice" }, el("input", { type: "radio", name: "urgency", value: urgency, checked: urgency === "routine" }), el("span", { class: "face" }, say(`urgency.${urgency}`)))));
    $("#to").addEventListener("change", () => this.#departments());
    this.section.addEventListener("toggle", () => this.section.open && this.#begin());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
  }

  next() {
    this.person.next();
  }

  /** Back to whoever sent them, as the answer to their referral. */
  async answer(referral) {
    this.isBegun = true; // the person is known
    this.section.open = true;
    this.person.put({ id: referral.resident_id, name: referral.display_name ?? "" });
    this.answers = referral;
    $("#answering").textContent = say("refer.answering", { who: referral.display_name ?? "", where: await placeNamed(referral.from_institution_id) });
    $("#answering").hidden = false;
    await this.#places();
    await this.#choose(referral.from_institution_id);
    $("#reason").focus();
  }

  async #begin() {
    await this.#places();
    if (this.isBegun) return;
    this.isBegun = true;
    this.person.begin();
  }

  async #places() {
    this.places ??= placesAround(this.me.institution_id).then((found) => {
      $("#to").append(...found.map(({ id, name }) => el("option", { value: id }, name)));
      return this.#departments();
    });
    await this.places.catch((error) => {
      this.places = null;
      complain(this.form, trouble(error));
    });
  }

  async #choose(id) {
    if (![...$("#to").options].some((one) => one.value === id)) $("#to").append(el("option", { value: id }, await placeNamed(id)));
    $("#to").value = id;
    await this.#departments();
  }

  async #departments() {
    const id = $("#to").value;
    const departments = id ? (await place(id)).departments : [];
    if (id !== $("#to").value) return;
    $("#department").replaceChildren(el("option", { value: "" }, say("refer.any-department")), ...departments.map((one) => el("option", { value: one.id }, inTongue(one))));
    $("[data-departments]", this.form).hidden = !departments.length;
  }

  async #send() {
    complain(this.form, "");
    for (const field of this.form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    const who = this.person.person;
    if (!who) return complain(this.form, say("book.who"), "attention");
    if (!$("#reason").value.trim()) return $("#reason").focus();
    try {
      await whileBusy($("[data-testid=refer]", this.form), () => send(`/residents/${who.id}/referrals`, this.#said()));
      this.form.reset();
      this.#forgetAnswer();
      this.section.open = false;
      this.onSent(say("refer.sent", { who: who.name }));
    } catch (error) {
      this.#fail(error);
    }
  }

  #said() {
    const said = { to_institution_id: $("#to").value, urgency: $("#urgency input:checked").value, reason: $("#reason").value.trim() };
    if ($("#department").value) said.department_id = $("#department").value;
    if ($("#is-virtual").checked) said.is_virtual = true;
    if (this.answers) said.answers_id = this.answers.id;
    return said;
  }

  #fail(error) {
    complain(this.form, error.status === 404 ? say("desk.unopened") : trouble(error));
    const wrong = (error.errors ?? []).map(({ pointer }) => this.form.querySelector(`[data-pointer="${CSS.escape(pointer)}"]`)).filter(Boolean);
    for (const field of wrong) field.setAttribute("aria-invalid", "true");
    wrong[0]?.focus();
  }

  #forgetAnswer() {
    this.answers = null;
    $("#answering").hidden = true;
  }
}
