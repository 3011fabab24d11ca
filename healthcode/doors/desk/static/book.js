/** Booking for somebody in front: who they are, what they have, what is free, and a slip for their hand. */
import { $, complain, onAct, whileBusy } from "/static/js/dom.js";
import { clockTime, say, trouble } from "/static/js/words.js";
import { send } from "./asking.js";
import { dayOf, seconds, spokenDay } from "./days.js";
import { begin, now } from "./frame.js";
import { Person } from "./person.js";
import { clinic, placeNamed } from "./places.js";
import { fillSlip } from "./slip.js";
import { Slots, titleOf } from "./slots.js";
import { Theirs } from "./theirs.js";

let me, person, slots, theirs;
let chosen = null; // the slot that was pressed
let moving = null; // the appointment that gets another time

begin({
  room: "book",
  start(caller) {
    me = caller;
    slots = new Slots(choose);
    theirs = new Theirs({ onMove: move, onPrint: print, onGone: () => slots.find() });
    person = new Person(somebody);
    onAct({ "next-person": next, book, wait, "not-this": notThis, stay, "print-slip": () => window.print() });
    $("#beyond-form").addEventListener("submit", (event) => {
      event.preventDefault();
      beyond();
    });
    document.addEventListener("keydown", ({ key }) => key === "Escape" && chosen && notThis());
    person.begin();
    slots.begin(me.institution_id);
  },
});

function somebody(who) {
  forgetBooked();
  stay();
  theirs.show(who);
}

function next() {
  person.next();
}

async function choose(slot, button) {
  chosen = slot;
  const [where, held] = await Promise.all([placeNamed(slot.institution_id), clinic(slot.institution_id, slot.schedule_id)]);
  if (chosen !== slot) return;
  forgetBooked();
  complain($("#choice"), "");
  $("#choice-says").textContent = say(moving ? "book.move-to" : "book.for-them", { who: person.person?.name ?? say("book.nobody"), when: whenOf(slot.starts_at), what: titleOf(slot, held), where });
  $("#choice [data-act=book]").textContent = say(moving ? "book.do-move" : "book.do");
  offer({ isFull: slot.free === 0 });
  $("#choice").hidden = false;
  $("#choice").scrollIntoView({ block: "nearest" });
  if (person.person) ($("#choice [data-act=book]").hidden ? $("#choice [data-act=wait]") : $("#choice [data-act=book]")).focus();
  else complain($("#choice"), say("book.who"), "attention");
  $("#choice").returnTo = button;
}

/** A full slot is waited for, or, by the clinic's own people, a place is added to it. */
function offer({ isFull }) {
  const isOwn = chosen.institution_id === me.institution_id;
  $("#choice [data-act=book]").hidden = isFull;
  $("#choice [data-act=wait]").hidden = !isFull || Boolean(moving);
  $("#beyond").hidden = !isFull || !isOwn || Boolean(moving);
  $("#beyond").open = false;
}

function book(button) {
  return moving ? deed(button, `/appointments/${moving.id}/moves`, { slot_id: chosen.id }, "book.moved-them") : forThem(button, {}, "book.booked");
}

function beyond() {
  const reason = $("#beyond-why").value.trim();
  if (!reason) return $("#beyond-why").focus();
  return forThem($("#beyond-form button"), { is_overbooking: true, reason }, "book.added");
}

function forThem(button, more, words) {
  if (!person.person) return complain($("#choice"), say("book.who"), "attention");
  return deed(button, `/residents/${person.person.id}/appointments`, { slot_id: chosen.id, ...more }, words);
}

function wait(button) {
  if (!person.person) return complain($("#choice"), say("book.who"), "attention");
  return deed(button, `/residents/${person.person.id}/waitings`, { slot_id: chosen.id }, "book.waiting-them");
}

async function deed(button, path, body, words) {
  complain($("#choice"), "");
  const [slot, who] = [chosen, person.person];
  try {
    const made = await whileBusy(button, () => send(path, body));
    await sayBooked(words, slot, who, made);
  } catch (error) {
    complain($("#choice"), trouble(error), error.status === 409 ? "attention" : "stop");
    if (error.slug === "slot-taken") {
      offer({ isFull: true });
      slots.find();
    }
  }
}

async function sayBooked(words, slot, who, made) {
  const [where, held] = await Promise.all([placeNamed(slot.institution_id), clinic(slot.institution_id, slot.schedule_id)]);
  closeChoice();
  stay();
  $("#beyond-form").reset();
  $("[data-testid=booked-says]").textContent = say(words, { who: who.name, when: whenOf(slot.starts_at), what: titleOf(slot, held), where, day: spokenDay(dayOf(seconds(slot.starts_at)), dayOf(now())) });
  $("[data-act=print-slip]").hidden = made.state !== "booked";
  fillSlip(slipOf(who, made, held, where));
  $("#booked").hidden = false;
  $("[data-testid=booked-says]").focus();
  theirs.show(who);
  slots.find();
}

function slipOf(who, appointment, held, where) {
  const at = appointment.starts_at && seconds(appointment.starts_at);
  return { who: who.name, day: spokenDay(appointment.day, "1970-01-01"), time: at ? clockTime(at) : "", place: where, clinic: titleOf(held ?? {}, held), number: appointment.ticket };
}

async function print(appointment) {
  const [where, held] = await Promise.all([placeNamed(appointment.institution_id), clinic(appointment.institution_id, appointment.schedule_id)]);
  fillSlip(slipOf(person.person, appointment, held, where));
  window.print();
}

function move(appointment, told) {
  moving = appointment;
  closeChoice();
  forgetBooked();
  $("#moving p").textContent = say("book.moving-them", { what: told });
  $("#moving").hidden = false;
  $("#moving").scrollIntoView({ block: "nearest" });
  $("#slots-place").focus();
}

function stay() {
  moving = null;
  $("#moving").hidden = true;
  closeChoice();
}

function notThis() {
  const back = $("#choice").returnTo;
  closeChoice();
  back?.focus();
}

function closeChoice() {
  chosen = null;
  $("#choice").hidden = true;
  slots?.forget();
}

function forgetBooked() {
  $("#booked").hidden = true;
}

function whenOf(moment) {
  return `${spokenDay(dayOf(seconds(moment)), dayOf(now()))} ${clockTime(seconds(moment))}`;
}
