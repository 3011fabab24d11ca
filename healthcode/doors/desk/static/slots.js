/** Finding a time: an institution, a kind of clinic, from a day on; as residents find theirs, and the full ones too. */
import { $, el } from "/static/js/dom.js";
import { clockTime, knows, say, trouble } from "/static/js/words.js";
import { read } from "./asking.js";
import { dayOf, seconds, spokenDay } from "./days.js";
import { now } from "./frame.js";
import { clinicsOf, placeNamed, placesAround } from "./places.js";

const KINDS = ["clinic", "expert", "team", "virtual", "home-visit"];

export class Slots {
  /** @param {(slot: object, button: Element) => void} onChoose */
  constructor(onChoose) {
    this.onChoose = onChoose;
    this.place = $("#slots-place");
    $("#slots-kind").append(el("option", { value: "" }, say("kind.any")), ...KINDS.map((kind) => el("option", { value: kind }, say(`kind.${kind}`))));
    $("#slots-form").addEventListener("change", () => this.find());
    $("#slots-form").addEventListener("submit", (event) => event.preventDefault());
    $("#slots-more").addEventListener("click", () => this.#more());
  }

  /** @param {string | null} own where whoever asks works: the first choice */
  async begin(own) {
    $("#slots-from").min = $("#slots-from").value = dayOf(now());
    try {
      if (own) this.place.append(el("option", { value: own }, say("slots.here", { name: await placeNamed(own) })));
      await this.find();
      const others = await placesAround(own);
      this.place.append(...others.map(({ id, name, metres }) => el("option", { value: id }, metres === null || metres === undefined ? name : `${name} · ${(metres / 1000).toFixed(1)} km`)));
      if (!own) await this.find();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** At one institution and no other. */
  async only(id) {
    $("#slots-from").min = $("#slots-from").value = dayOf(now());
    try {
      this.place.replaceChildren(el("option", { value: id }, await placeNamed(id)));
    } catch (error) {
      this.#fail(error);
    }
    await this.find();
  }

  /** Ask anew; what comes back after another question was asked is dropped. */
  async find() {
    $("#slots").replaceChildren();
    $("#slots-none").hidden = $("#slots-more").hidden = $("#slots-trouble").hidden = true;
    this.drawn = null;
    if (this.place.value) await this.#ask(null);
  }

  async #more() {
    $("#slots-more").disabled = true;
    await this.#ask(this.next);
    $("#slots-more").disabled = false;
  }

  async #ask(after) {
    const asked = (this.asked = Symbol("slots"));
    try {
      const [page, clinics] = await Promise.all([read(`/slots?${this.#question(after)}`), clinicsOf(this.place.value)]);
      if (asked !== this.asked) return;
      this.next = page.next;
      this.#draw(page.items, clinics);
    } catch (error) {
      if (asked === this.asked) this.#fail(error);
    }
  }

  #question(after) {
    const question = new URLSearchParams({ institution_id: this.place.value, limit: "100" });
    if ($("#slots-kind").value) question.set("kind", $("#slots-kind").value);
    if ($("#slots-from").value) question.set("from_on", $("#slots-from").value);
    if ($("#slots-full").checked) question.set("is_free", "false");
    if (after) question.set("after", after);
    return question;
  }

  #draw(items, clinics) {
    for (const slot of items) this.#clinicOf(slot, clinics.get(slot.schedule_id)).append(this.#button(slot));
    const isEmpty = !$("#slots").children.length;
    $("#slots-none").textContent = say("slots.none");
    $("#slots-none").hidden = !isEmpty;
    $("#slots-more").hidden = !this.next;
  }

  /** Slots come in the order of their times: a day is whole before the next begins, over the pages too. */
  #clinicOf(slot, clinic) {
    const day = dayOf(seconds(slot.starts_at));
    if (this.drawn?.day !== day) {
      const section = el("section", { class: "near", "data-testid": "slots-day" }, el("h3", {}, spokenDay(day, dayOf(now()))));
      $("#slots").append(section);
      this.drawn = { day, section, clinics: new Map() };
    }
    const { section, clinics } = this.drawn;
    if (!clinics.has(slot.schedule_id)) {
      const times = el("div", { class: "times" });
      section.append(el("p", { class: "soft" }, titleOf(slot, clinic)), times);
      clinics.set(slot.schedule_id, times);
    }
    return clinics.get(slot.schedule_id);
  }

  #button(slot) {
    const isLater = seconds(slot.opens_at) > now();
    const left = isLater ? say("slots.later", { when: dayOf(seconds(slot.opens_at)).slice(5).replace("-", "/") }) : slot.free ? say("slots.free", { count: slot.free }) : say("slots.full");
    const button = el("button", { type: "button", class: "time", "data-testid": "slot", "data-slot": slot.id, "aria-pressed": "false", disabled: isLater }, el("b", {}, clockTime(seconds(slot.starts_at))), el("span", {}, left));
    button.addEventListener("click", () => {
      this.forget();
      button.setAttribute("aria-pressed", "true");
      this.onChoose(slot, button);
    });
    return button;
  }

  forget() {
    for (const pressed of document.querySelectorAll("#slots [aria-pressed=true]")) pressed.setAttribute("aria-pressed", "false");
  }

  #fail(error) {
    $("#slots-trouble").textContent = trouble(error);
    $("#slots-trouble").hidden = false;
  }
}

/** "专家门诊 · 302" and, where its name does not say it, what kind of clinic it is. */
export function titleOf(slot, clinic) {
  const kind = slot.kind && slot.kind !== "clinic" && knows(`kind.${slot.kind}`) ? say(`kind.${slot.kind}`) : null;
  return [slot.title ?? clinic?.title, kind && slot.title?.includes(kind) ? null : kind, clinic?.room].filter(Boolean).join(" · ");
}
