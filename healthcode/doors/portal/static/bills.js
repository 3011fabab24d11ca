/** What there is to pay, biggest first; what was paid, by year; and one bill opened, with the way to pay it. */
import { call, statement } from "/static/js/api.js";
import { $, complain, el, onAct } from "/static/js/dom.js";
import { readUnverified } from "/static/js/jwt.js";
import { yuan } from "/static/js/money.js";
import { ServerClock } from "/static/js/time.js";
import { say, trouble } from "/static/js/words.js";
import { ifThere } from "./asking.js";
import { amountOf, clearingItem, isToPay, lineItem, noteItem, numbersOf, receiptItem, stateLine, stepItem, sumsOf, whereAndWhen } from "./bill.js";
import { Paying } from "./paying.js";
import { keepChosen, lastChosen, peopleFor, switcher } from "./people.js";
import { Places, nameOf } from "./places.js";
import { dayOf } from "./when.js";
import { drawYear } from "./year.js";

const YEARS = 5;
const MOST_PAGES = 10;
const ID = /^#[0-9a-f-]{36}$/;

const main = $("#main");
const list = $("#shown");
const opened = $("#opened");
const clock = new ServerClock(async () => readUnverified(await statement("time")));
const places = new Places();
const paying = new Paying($("#paying"), { channel: $("#paying").dataset.channel, now: () => clock.now(), onEnd: paidOrNot });
let people, person, next;
let turn = 0; // what comes after somebody or something else was chosen is dropped

async function begin() {
  try {
    const [me] = await Promise.all([call("GET", "/me"), clock.sync().catch(() => {})]); // else this phone's own time
    if (!me.resident_id) return location.replace("/portal/");
    people = peopleFor(me, "bills:pay");
    person = lastChosen(people);
    offerYears();
    await show();
  } catch (error) {
    fail(error);
  }
}

/** The list, or the bill that the address names: the phone's own way back goes from one to the other. */
async function show() {
  turn += 1;
  complain(main, "");
  $("#again").hidden = true;
  $("#waiting").hidden = false;
  list.hidden = opened.hidden = true;
  paying.hide();
  $("#people").hidden = ID.test(location.hash);
  await (ID.test(location.hash) ? open(location.hash.slice(1)) : load());
}

async function choose(one) {
  person = one;
  keepChosen(one);
  await show();
}

function offerYears() {
  const year = Number(dayOf(clock.now()).slice(0, 4));
  const years = Array.from({ length: YEARS }, (_, back) => year - back);
  $("#year").replaceChildren(...years.map((one) => el("option", { value: one }, say("year.name", { year: one }))));
}

async function load() {
  const mine = turn;
  $("#people").replaceChildren(...switcher(people, person, (other) => choose(other).catch(fail)));
  const [unpaid] = await Promise.all([named(await toPay()), loadYear()]);
  if (mine !== turn) return;
  const due = unpaid.filter(isToPay);
  $("#due").hidden = !due.length;
  $("#due ul").replaceChildren(...due.map(dueItem));
  $("#nothing-due").hidden = due.length > 0;
  $("#waiting").hidden = true;
  list.hidden = false;
}

async function toPay() {
  const path = `/residents/${person.residentId}/bills?state=issued&limit=100`;
  const items = [];
  let after = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await call("GET", after ? `${path}&after=${encodeURIComponent(after)}` : path);
    items.push(...answer.items);
    after = answer.next;
    if (!after) break;
  }
  return items;
}

async function loadYear() {
  const mine = turn;
  const year = $("#year").value;
  next = null;
  const [months] = await Promise.all([call("GET", `/residents/${person.residentId}/bill-sums?year=${year}`), more(true)]);
  if (mine !== turn || year !== $("#year").value) return;
  drawYear($("#sums"), months.items);
}

async function more(isFresh) {
  const mine = turn;
  const year = $("#year").value;
  const after = next && !isFresh ? `&after=${encodeURIComponent(next)}` : "";
  const page = await call("GET", `/residents/${person.residentId}/bills?year=${year}${after}`);
  const rows = await named(page.items.filter((bill) => !isToPay(bill)));
  if (mine !== turn || year !== $("#year").value) return;
  next = page.next;
  const history = $("#history ul");
  if (isFresh) history.replaceChildren();
  history.append(...rows.map(pastItem));
  const isEmpty = !history.children.length && !next;
  $("#none").textContent = say("bill.none", { year: say("year.name", { year }) });
  $("#none").hidden = !isEmpty;
  history.hidden = !history.children.length;
  $("#older").hidden = !next;
}

/** With the name of the institution beside each. */
function named(bills) {
  return Promise.all(bills.map(async (bill) => ({ ...bill, where: await whereOf(bill) })));
}

async function whereOf(bill) {
  const institution = await places.institution(bill.institution_id).catch(() => null); // a name is not worth failing for
  return institution ? nameOf(institution) : "";
}

function dueItem(bill, at) {
  return el(
    "li", { class: "first", "data-testid": "due" },
    el("p", { class: "amount number", "data-testid": "amount" }, yuan(bill.due_fen)),
    whereAndWhen(bill, bill.where, clock.now()),
    stateLine(bill),
    el("a", { class: at === 0 ? "act" : "act quiet", href: `#${bill.id}`, "data-testid": "open" }, say("bill.open-due"), el("span", { class: "hidden-word" }, ` ${yuan(bill.due_fen)}`)),
  );
}

function pastItem(bill) {
  return el(
    "li", { "data-testid": "past", "data-state": bill.state },
    el("p", { class: "row apart" }, el("b", { class: "number" }, yuan(amountOf(bill))), stateLine(bill)),
    whereAndWhen(bill, bill.where, clock.now()),
    el("a", { class: "button", href: `#${bill.id}`, "data-testid": "open" }, say("bill.open"), el("span", { class: "hidden-word" }, ` ${yuan(amountOf(bill))}`)),
  );
}

async function open(id) {
  const mine = turn;
  const bill = await call("GET", `/bills/${id}`);
  const where = await whereOf(bill);
  if (mine !== turn) return;
  const owner = people.find((one) => one.residentId === bill.resident_id);
  if (owner) keepChosen((person = owner));
  draw(bill, where);
  $("#waiting").hidden = true;
  opened.hidden = false;
  $("#opened-title").focus();
  await Promise.all([paying.show(bill), beside(bill, mine)]);
}

/** What the bill is true without: receipts, and money on which the channel and the institution do not agree. */
async function beside(bill, mine) {
  if (bill.state === "draft") return;
  const [differences, receipts] = await Promise.all(["differences", "receipts"].map((what) => ifThere(`/bills/${bill.id}/${what}`).catch(() => null)));
  if (mine !== turn) return;
  fill($("#clearing"), differences, clearingItem);
  fill($("#receipts"), receipts, receiptItem);
}

function fill(part, found, make) {
  part.replaceChildren(...(found?.items ?? []).map(make));
  part.hidden = !found?.items.length;
}

function draw(bill, where) {
  const now = clock.now();
  $("#whose").textContent = people.length > 1 ? say("bill.whose", { name: person.name }) : "";
  $("#whose").hidden = people.length < 2;
  $("#clearing").hidden = true;
  $("#receipts").hidden = true;
  $("#paper").href = `/api/v1/bills/${bill.id}/itemised-list`;
  $("#opened-amount").textContent = yuan(amountOf(bill));
  $("#opened-word").textContent = say(isToPay(bill) ? "bill.due" : "bill.own");
  $("#opened-about").replaceChildren(stateLine(bill), whereAndWhen(bill, where, now));
  $("#opened-sums").replaceChildren(...sumsOf(bill));
  $("#opened-numbers").replaceChildren(...numbersOf(bill, now));
  $("#lines ul").replaceChildren(...bill.lines.map(lineItem));
  $("#lines").hidden = !bill.lines.length;
  $("#why ol").replaceChildren(...bill.steps.map(stepItem));
  $("#why").hidden = !bill.steps.length;
  $("#notes ul").replaceChildren(...bill.credit_notes.map((note) => noteItem(note, now)));
  $("#notes").hidden = !bill.credit_notes.length;
}

/** A payment has ended, or was never there: the bill as it stands now, and what happened above it. */
async function paidOrNot(said = "", tone = "done") {
  const mine = turn;
  try {
    const bill = await call("GET", location.hash.replace("#", "/bills/"));
    const where = await whereOf(bill);
    if (mine !== turn) return;
    draw(bill, where);
    await Promise.all([paying.show(bill), beside(bill, mine)]);
  } catch (error) {
    if (mine !== turn) return;
    if (!said) throw error;
    paying.hide(); // what happened to the payment is said; the bill shown is older than that
    $("#again").hidden = false;
  }
  complain(main, said, tone);
}

function fail(error) {
  if (error.status === 401) return location.replace("/portal/");
  $("#waiting").hidden = true;
  $("#again").hidden = false;
  return complain(main, error.status === 404 ? say("bill.absent") : trouble(error));
}

async function again() {
  if (!person) return begin();
  return show().catch(fail);
}

$("#year").addEventListener("change", () => loadYear().catch(fail));
window.addEventListener("hashchange", () => person && show().catch(fail));
onAct({
  again,
  older: () => more(false).catch(fail),
  pay: () => paying.pay(),
  "stop-paying": (button) => paying.cancel(button),
});
window.addEventListener("online", () => person && !$("#again").hidden && again());
begin();
