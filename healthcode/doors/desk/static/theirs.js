/** What the person in front has booked: seen, given up, moved, confirmed, printed. */
import { $, complain, el, whileBusy } from "/static/js/dom.js";
import { clockTime, say, trouble } from "/static/js/words.js";
import { send } from "./asking.js";
import { dayOf, seconds, spokenDay } from "./days.js";
import { now } from "./frame.js";
import { appointmentsOf } from "./person.js";
import { clinic, placeNamed } from "./places.js";

const OPEN = ["proposed", "booked", "waitlist", "arrived"];

export class Theirs {
  /** @param {{onMove: Function, onPrint: Function, onGone: () => void}} acts `onGone`: a place came free */
  constructor(acts) {
    Object.assign(this, { acts, section: $("#theirs"), list: $("#appointments") });
  }

  async show(person) {
    this.person = person;
    complain(this.section, "");
    this.list.replaceChildren();
    this.section.hidden = !person;
    $("#no-appointments").hidden = true;
    if (!person) return;
    try {
      const open = (await appointmentsOf(person)).filter((one) => OPEN.includes(one.state));
      const rows = await Promise.all(open.reverse().map((one) => this.#row(one)));
      if (this.person !== person) return;
      this.list.replaceChildren(...rows);
      $("#no-appointments").hidden = rows.length > 0;
    } catch (error) {
      if (this.person === person) complain(this.section, error.status === 404 ? say("desk.unopened") : trouble(error), "attention");
    }
  }

  async #row(one) {
    const [where, held] = await Promise.all([placeNamed(one.institution_id), clinic(one.institution_id, one.schedule_id)]);
    const when = [spokenDay(one.day, dayOf(now())), one.starts_at ? clockTime(seconds(one.starts_at)) : ""].filter(Boolean).join(" ");
    const what = [held?.title, held?.room].filter(Boolean).join(" · ");
    const row = el(
      "li", { "data-testid": "appointment", "data-state": one.state },
      el("b", {}, when),
      el("span", {}, [what, where].filter(Boolean).join(" · ")),
      el("span", { class: "soft" }, stateOf(one)),
    );
    row.append(this.#actsOf(one, `${when} ${what}`, row));
    return row;
  }

  #actsOf(one, told, row) {
    const ahead = !one.starts_at || seconds(one.starts_at) > now();
    const acts = el("div", { class: "row" });
    const add = (key, name, deed) => {
      const button = el("button", { type: "button", "data-act": name, "data-testid": name }, say(key));
      button.addEventListener("click", () => deed(button));
      acts.append(button);
    };
    if (one.state === "proposed" || one.is_offered) add("theirs.confirm", "confirm", (button) => this.#send(button, `/appointments/${one.id}/confirmations`));
    if (one.state === "booked" && ahead) add("theirs.move", "move", () => this.acts.onMove(one, told));
    if (one.state === "booked" || one.state === "arrived") add("theirs.print", "print", () => this.acts.onPrint(one));
    if (one.state !== "arrived" && ahead) add("theirs.cancel", "cancel", () => this.#askSure(one, told, row));
    return acts;
  }

  /** In the row itself: what goes is named beside the button that does it. */
  #askSure(one, told, row) {
    const no = el("button", { type: "button" }, say("theirs.keep"));
    const yes = el("button", { type: "button", class: "danger", "data-testid": "cancel-yes" }, say("theirs.sure"));
    const asked = el("div", { class: "says near", "data-tone": "attention" }, el("p", {}, say("theirs.ask", { what: told })), el("div", { class: "row" }, yes, no));
    const acts = row.lastElementChild;
    acts.replaceWith(asked);
    yes.addEventListener("click", () => this.#send(yes, `/appointments/${one.id}/cancellations`, {}));
    no.addEventListener("click", () => {
      asked.replaceWith(acts);
      acts.lastElementChild.focus();
    });
    no.focus();
  }

  async #send(button, path, body) {
    complain(this.section, "");
    try {
      await whileBusy(button, () => send(path, body));
      await this.show(this.person);
      this.acts.onGone();
    } catch (error) {
      complain(this.section, trouble(error));
    }
  }
}

function stateOf(one) {
  if (one.is_offered) return say("state.offered-until", { when: clockTime(seconds(one.held_until)) });
  if (one.state === "proposed") return say("state.held", { when: clockTime(seconds(one.held_until)) });
  const words = [say(`state.${one.state}`)];
  if (one.ticket !== null) words.push(say("day.number", { number: one.ticket }));
  if (one.is_overbooked) words.push(say("day.added"));
  return words.join(" · ");
}
