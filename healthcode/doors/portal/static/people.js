/** Whose code, whose data: the row of buttons that switches between the people somebody may act for. */
import { el } from "/static/js/dom.js";
import { knows, say } from "/static/js/words.js";

/** A grant says what I am to the other; a switch says what the other is to me. */
const SEEN_FROM_HERE = { parent: "child", child: "parent", grandparent: "grandchild", grandchild: "grandparent", carer: "in-care" };

/** What somebody is to me, in a word; `relation` is null for myself. */
export function whoTheyAre(relation) {
  if (relation === null) return say("me");
  const key = `relation.${SEEN_FROM_HERE[relation] ?? relation}`;
  return say(knows(key) ? key : "relation.other");
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
