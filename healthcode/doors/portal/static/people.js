/** Whose code, whose data: the row of buttons that switches between the people somebody may act for. */
import { el } from "/static/js/dom.js";
import { knows, say } from "/static/js/words.js";

/** A grant says what I am to the other; a switch says what the other is to me. */
const SEEN_FROM_HERE = { parent: "child", child: "parent", grandparent: "grandchild", grandchild: "grandparent", carer: "in-care" };
const CHOSEN = "person";

/** What somebody is to me, in a word; `relation` is null for myself. */
export function whoTheyAre(relation) {
  if (relation === null) return say("me");
  const key = `relation.${SEEN_FROM_HERE[relation] ?? relation}`;
  return say(knows(key) ? key : "relation.other");
}

/** Myself, and whoever gave me this right, as the answer of /me tells it. */
export function peopleFor(me, scope) {
  const others = (me.acting_for ?? []).filter((one) => one.resident_id !== me.resident_id && one.scopes.includes(scope));
  const mine = { residentId: me.resident_id, name: me.display_name ?? say("me"), relation: null };
  return [mine, ...others.map((one) => ({ residentId: one.resident_id, name: one.display_name, relation: one.relation }))];
}

/** Whoever was chosen on the page before, as long as the tab is open; else myself. */
export function lastChosen(people) {
  let kept = null;
  try {
    kept = sessionStorage.getItem(CHOSEN);
  } catch {
    kept = null; // a browser that keeps nothing begins with oneself
  }
  return people.find((one) => one.residentId === kept) ?? people[0];
}

export function keepChosen(person) {
  try {
    sessionStorage.setItem(CHOSEN, person.residentId);
  } catch {
    return; // as above
  }
}

/** One button a person; none when there is nobody to switch to. */
export function switcher(people, chosen, onChoose) {
  if (people.length < 2) return [];
  return people.map((person) => {
    const isChosen = person.residentId === chosen.residentId;
    const attributes = { type: "button", "aria-pressed": String(isChosen), "data-resident": person.residentId };
    const button = el("button", attributes, `${whoTheyAre(person.relation)} · ${person.name}`);
    button.addEventListener("click", () => {
      onChoose(person);
      document.querySelector(`[data-resident="${person.residentId}"]`)?.focus();
    });
    return button;
  });
}
