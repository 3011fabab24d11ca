/** What hangs on the wall. Only what changed is written, so nothing flickers and nothing is read out twice. */
import { $, el } from "/static/js/dom.js";
import { say } from "/static/js/words.js";

/** The last call of these places, or null: {place, number, display_name, called_at}. */
export function lastCall(places) {
  const calls = places.flatMap(({ place, called }) => called.map((one) => ({ ...one, place })));
  return calls.reduce((last, one) => (last && last.called_at >= one.called_at ? last : one), null);
}

export class Board {
  /** @param {HTMLElement} root the section with the great number and the list of places */
  constructor(root) {
    this.root = root;
    this.rows = new Map(); // by queue
  }

  draw(places) {
    const call = lastCall(places);
    this.root.toggleAttribute("data-empty", !call);
    put($("[data-part=number]", this.root), call ? String(call.number) : "—");
    put($("[data-part=name]", this.root), call?.display_name ?? "");
    put($("[data-part=place]", this.root), call?.place ?? "");
    this.#rows(places);
  }

  /** What the great number is: the present call, or only the last one that was heard of. */
  age(isOld) {
    this.root.toggleAttribute("data-old", isOld);
    put($("[data-part=what]", this.root), say(isOld ? "wall.before" : "wall.now"));
  }

  #rows(places) {
    const list = $("[data-part=places]", this.root);
    for (const [id, row] of this.rows) {
      if (!places.some(({ queue_id }) => queue_id === id)) {
        row.remove();
        this.rows.delete(id);
      }
    }
    for (const [index, one] of places.entries()) {
      const row = this.rows.get(one.queue_id) ?? newRow();
      this.rows.set(one.queue_id, row);
      fill(row, one);
      if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
    }
  }
}

function newRow() {
  const part = (name) => el("span", { "data-part": name, "class": name });
  const row = el("li", { "data-testid": "place" }, part("where"), part("called"), part("next"), part("waiting"));
  return row;
}

function fill(row, { place, called, next, waiting }) {
  const numbers = called.map(({ number, display_name: name }) => `${number} ${name}`).join(" · ");
  put($("[data-part=where]", row), place);
  put($("[data-part=called]", row), numbers || "—");
  put($("[data-part=next]", row), next.length ? say("wall.next", { numbers: next.join(" · ") }) : "");
  put($("[data-part=waiting]", row), waiting ? say("wall.waiting", { count: waiting }) : say("wall.nobody"));
}

function put(place, text) {
  if (place.textContent !== text) place.textContent = text;
}
