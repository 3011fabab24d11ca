/** The institution's bills by their state, those of the person in front alone while somebody is, and one of them opened. */
import { $, complain, el, onAct, whileBusy } from "/static/js/dom.js";
import { yuan } from "/static/js/money.js";
import { say, trouble } from "/static/js/words.js";
import { arrows } from "./arrows.js";
import { read, send } from "./asking.js";
import { OpenBill, WRITERS } from "./bill.js";
import { dayOf, spokenDay } from "./days.js";
import { begin, hasRole, now } from "./frame.js";
import { Person } from "./person.js";
import { keep } from "./steady.js";

const MOST_PAGES = 5;
const PAGE = 100;
const FINDERS = ["clerk", "cashier", "doctor", "nurse", "pharmacist", "station_worker"]; // who may look for a person by a document

let me, opened;
let person = null;
let asked;

begin({
  room: "bills",
  start(caller) {
    me = caller;
    opened = new OpenBill({ nameOf: (bill) => (bill.resident_id === person?.id ? person.name : ""), onDeed: () => tell(""), onChange: changed });
    arrows($("#bills"));
    $("#which").addEventListener("change", () => list());
    document.addEventListener("visibilitychange", () => document.hidden || list());
    $("#draft-form").addEventListener("submit", (event) => {
      event.preventDefault();
      openDraft();
    });
    let finder = null;
    onAct({
      refresh: () => list(),
      issue: (button) => opened.issue(button),
      "take-cash": (button) => opened.takeCash(button),
      "next-person": () => finder?.next(),
    });
    if (hasRole(...FINDERS)) {
      $("#finding").hidden = false;
      finder = new Person(inFront);
      finder.begin();
    }
    list();
  },
});

const wanted = () => $("#which input[name=state]:checked").value;

function inFront(somebody) {
  const isOther = somebody?.id !== person?.id;
  person = somebody;
  $("#draft-form").hidden = !person || !hasRole(...WRITERS);
  if (!isOther) return;
  tell("");
  opened.close(); // nobody's bill stands open before the next person
  list();
}

async function list() {
  const mine = (asked = Symbol("bills"));
  const root = $("#bills").closest("section");
  complain(root, "");
  try {
    const { items, isCut } = await pages(`/institutions/${me.institution_id}/bills?state=${wanted()}&limit=${PAGE}`);
    if (mine !== asked) return;
    const shown = items.filter((bill) => !person || bill.resident_id === person.id).map((bill) => ({ ...bill, isOpen: bill.id === opened.id }));
    keep($("#bills"), shown, row);
    $("#bills").hidden = !shown.length;
    $("#no-bills").textContent = say(`bills.none-${wanted()}`);
    $("#no-bills").hidden = shown.length > 0;
    $("#only").textContent = person ? say("bills.only", { who: person.name }) : "";
    $("#only").hidden = !person;
    $("#cut").textContent = say("bills.too-many", { count: items.length });
    $("#cut").hidden = !isCut;
  } catch (error) {
    if (mine === asked) complain(root, trouble(error));
  }
}

async function pages(path) {
  const items = [];
  let after = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await read(after ? `${path}&after=${encodeURIComponent(after)}` : path);
    items.push(...answer.items);
    after = answer.next ?? null;
    if (!after) break;
  }
  return { items, isCut: Boolean(after) };
}

function row(bill) {
  const amount = bill.state === "issued" ? bill.due_fen : bill.state === "balanced" ? bill.paid_fen : bill.total_fen;
  const button = el(
    "button", { type: "button", class: "pick", "aria-pressed": String(bill.isOpen), "data-testid": "bill-row" },
    el("span", { class: "row apart" }, el("b", {}, bill.number ?? say("bills.a-draft")), bill.state === "draft" ? null : el("b", { class: "number" }, yuan(amount))),
    el("span", { class: "soft" }, `${spokenDay(bill.day, dayOf(now()))} · ${say(`bill.${bill.state}`)}`),
  );
  button.addEventListener("click", () => open(bill.id));
  return el("li", {}, button);
}

async function open(id) {
  tell("");
  complain($("#bills").closest("section"), "");
  try {
    await opened.open(id);
    await list();
  } catch (error) {
    opened.close();
    complain($("#bills").closest("section"), trouble(error));
  }
}

async function openDraft() {
  const { id, name } = person;
  tell("");
  complain($("#find-form"), "");
  const root = $("#bills").closest("section");
  try {
    const bill = await whileBusy($("[data-testid=open-draft]"), () => send(`/residents/${id}/bills`, { items: [], is_chronic: $("#is-chronic").checked }));
    if (person?.id !== id) return;
    $("#draft-form").reset();
    opened.show(bill);
    changed(say("bills.opened", { who: name }), bill);
    $("#add-text").focus();
  } catch (error) {
    complain(root, error.name === "Offline" ? say("bills.lost") : trouble(error));
  }
}

/** The list follows the bill into its new state. */
function changed(said, bill) {
  tell(said);
  $(`#which input[value=${bill.state}]`).checked = true;
  list();
}

function tell(said) {
  $("#said").textContent = said;
  $("#said").hidden = !said;
}
