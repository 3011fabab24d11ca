/** The clinics of an institution by department, and the lines that say what was chosen. */
import { el } from "/static/js/dom.js";
import { say } from "/static/js/words.js";
import { hoursOf } from "./clinics.js";
import { nameOf } from "./places.js";

/** One list for each department, and one for what belongs to none. */
export function clinicParts(clinics, departments, onChoose) {
  const names = new Map(departments.map((one) => [one.id, nameOf(one)]));
  const ids = [...new Set(clinics.map((one) => one.departmentId))].sort((first, other) => (first === null) - (other === null));
  return ids.map((id) => {
    const rows = clinics.filter((one) => one.departmentId === id).map((one) => el("li", {}, clinicButton(one, onChoose)));
    const name = names.get(id);
    return el("div", { class: "near" }, name ? el("h2", {}, name) : null, el("ul", { class: "picks" }, ...rows));
  });
}

function clinicButton(one, onChoose) {
  const { weekdays, hours } = hoursOf(one);
  const about = [say(`clinic.${one.kind}`), spokenWeekdays(weekdays), hours].filter(Boolean).join(" · ");
  const button = el("button", { type: "button", class: "pick", "data-testid": "clinic" }, el("b", {}, one.title), el("span", { class: "soft" }, about));
  button.addEventListener("click", () => onChoose(one));
  return button;
}

function spokenWeekdays(weekdays) {
  if (weekdays.length === 7) return say("weekday.daily");
  if (weekdays.join() === "mon,tue,wed,thu,fri") return say("weekday.workdays");
  return weekdays.map((one) => say(`weekday.${one}`)).join(" ");
}

/** One line of what is asked or was done. */
export function fact(words, text) {
  return el("div", {}, el("dt", {}, say(words)), el("dd", {}, text));
}

/** What was chosen in an earlier step, with the way to change it; `onChange` gets the step's name. */
export function chosenRow(text, step, onChange) {
  const button = el("button", { type: "button", class: "plain", "data-testid": `change-${step}` }, say("book.change"), el("span", { class: "hidden-word" }, ` ${text}`));
  button.addEventListener("click", () => onChange(step));
  return el("li", { class: "row apart" }, el("b", {}, text), button);
}
