/** Referrals: those that came in, most urgent first, those sent out, and a new one for somebody in front. */
import { $, complain, el, onAct, whileBusy } from "/static/js/dom.js";
import { clockTime, say, spokenTime, trouble } from "/static/js/words.js";
import { read, send } from "./asking.js";
import { dayOf, seconds, spokenDay } from "./days.js";
import { begin, hasRole, now } from "./frame.js";
import { NewReferral } from "./new_referral.js";
import { placeNamed } from "./places.js";
import { Slots, titleOf } from "./slots.js";

const OPEN = ["requested", "accepted", "booked", "unattended"];
const ENDED = ["completed", "rejected", "cancelled"];
const MOST_PAGES = 10;
const DECIDERS = ["doctor", "clerk", "station_worker"];
/** What can be done with one of these, on which side, by whom: the deed's place in the address, and what is asked with it. */
const ACTS = {
  in: [
    { name: "accept", path: "acceptances", from: ["requested", "unattended"], by: DECIDERS },
    { name: "place", from: ["accepted"], by: DECIDERS },
    { name: "complete", path: "completions", from: ["accepted", "booked"], by: ["doctor"], asks: "summary" },
    { name: "reject", path: "rejections", from: OPEN, by: DECIDERS, asks: "reason", isNeeded: true },
    { name: "back", from: ["accepted", "booked", "completed"], by: ["doctor"] },
  ],
  out: [
    { name: "place", from: ["accepted"], by: DECIDERS },
    { name: "withdraw", path: "cancellations", from: OPEN, by: DECIDERS, asks: "reason" },
  ],
};

let me, slots, fresh;
let placing = null; // the referral that gets a time, and the slot that was pressed
let asked;

begin({
  room: "referrals",
  start(caller) {
    me = caller;
    onAct({ refresh: list, place, "not-placing": notPlacing, "next-person": () => fresh?.next() });
    $("#which").addEventListener("change", () => list());
    document.addEventListener("visibilitychange", () => document.hidden || isBusy() || list());
    if (hasRole("doctor")) {
      $("#new").hidden = false;
      fresh = new NewReferral(me, (words) => told(words));
    }
    list();
  },
});

const side = () => $("#which input[name=side]:checked").value;
const isBusy = () => Boolean(placing) || Boolean($("#referrals form"));

async function list() {
  const mine = (asked = Symbol("referrals"));
  sayTrouble("");
  try {
    const rows = await Promise.all((await wanted()).map(row));
    if (mine !== asked) return;
    $("#referrals").replaceChildren(...rows);
    $("#referrals").hidden = !rows.length;
    $("#no-referrals").textContent = say(`refer.none-${side()}`);
    $("#no-referrals").hidden = rows.length > 0;
  } catch (error) {
    if (mine === asked) sayTrouble(error.status === 404 ? say("refer.absent") : trouble(error));
  }
}

/** The open ones are what the service answers with unless a state is named; those that have ended are asked by it. */
async function wanted() {
  const open = `/institutions/${me.institution_id}/referrals?side=${side()}&limit=100`;
  const ended = $("#all").checked ? ENDED.map((state) => `${open}&state=${state}`) : [];
  return (await Promise.all([open, ...ended].map(pages))).flat();
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
  return items;
}

async function row(one) {
  const [from, to] = await Promise.all([placeNamed(one.from_institution_id), placeNamed(one.to_institution_id)]);
  const isUrgent = one.urgency !== "routine";
  const acts = el("div", { class: "row", "data-acts": true });
  const item = el(
    "li", { "data-testid": "referral", "data-state": one.state, "data-urgency": one.urgency },
    el("p", { class: "row" }, el("b", { class: isUrgent ? "urgent" : "usual" }, say(`urgency.${one.urgency}`)), el("b", {}, one.display_name ?? ""), el("span", { class: "soft" }, say(`refer.${one.state}`))),
    el("p", {}, one.reason ?? ""),
    el("p", { class: "soft" }, [`${from} → ${to}`, one.state === "requested" && one.due_at && say("refer.due", { when: spokenTime(seconds(one.due_at), now()) }), one.answers_id && say("refer.answer"), one.is_virtual && say("refer.virtual"), spokenTime(seconds(one.created_at), now())].filter(Boolean).join(" · ")),
    appointmentLine(one),
    one.summary ? el("p", {}, say("refer.summary", { what: one.summary })) : null,
    one.decided_reason ? el("p", { class: "soft" }, say("refer.because", { why: one.decided_reason })) : null,
    acts,
  );
  acts.append(...ACTS[side()].filter((act) => act.from.includes(one.state) && hasRole(...act.by)).map((act) => actButton(act, one, item)));
  return item;
}

function appointmentLine({ appointment }) {
  if (!appointment) return null;
  const when = [spokenDay(appointment.day, dayOf(now())), appointment.starts_at ? clockTime(seconds(appointment.starts_at)) : ""].join(" ");
  return el("p", {}, say("refer.at", { when }));
}

function actButton(act, one, item) {
  const button = el("button", { type: "button", "data-testid": act.name, class: act.name === "reject" || act.name === "withdraw" ? "danger" : null }, say(`refer.do-${act.name}`));
  button.addEventListener("click", () => {
    if (act.name === "place") openPlacing(one);
    else if (act.name === "back") fresh.answer(one);
    else if (act.asks) askFor(act, one, item);
    else deed(button, act, one, undefined);
  });
  return button;
}

/** In the row itself, so that what is decided stands above the words. */
function askFor(act, one, item) {
  const text = el("textarea", { id: `asked-${one.id}`, maxlength: 500, required: act.isNeeded, "data-testid": "asked" });
  const go = el("button", { class: act.isNeeded ? "danger" : null, "data-testid": "asked-yes" }, say(`refer.do-${act.name}`));
  const no = el("button", { type: "button" }, say("refer.not-yet"));
  const form = el("form", { novalidate: true }, el("div", { class: "field" }, el("label", { for: text.id }, say(`refer.${act.asks}-${act.name}`)), text), el("div", { class: "row" }, go, no));
  const acts = $("[data-acts]", item);
  acts.replaceWith(form);
  no.addEventListener("click", () => form.replaceWith(acts));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = text.value.trim();
    if (act.isNeeded && !said) return text.focus();
    deed(go, act, one, said ? { [act.asks]: said } : {});
  });
  text.focus();
}

async function deed(button, act, one, body) {
  sayTrouble("");
  try {
    await whileBusy(button, () => send(`/referrals/${one.id}/${act.path}`, body));
    await told(say(`refer.done-${act.name}`, { who: one.display_name ?? "" }));
  } catch (error) {
    sayTrouble(trouble(error));
  }
}

async function told(words) {
  $("#said").textContent = words;
  $("#said").hidden = false;
  await list();
  $("#said").focus();
}

function openPlacing(one) {
  placing = { referral: one, slot: null };
  $("#placing-title").textContent = say("refer.placing", { who: one.display_name ?? "" });
  $("#placing").hidden = false;
  $("#placing-choice").hidden = true;
  complain($("#placing"), "");
  $("#placing-title").focus();
  slots ??= new Slots(chosen);
  return slots.only(one.to_institution_id);
}

function chosen(slot) {
  if (!placing) return;
  placing.slot = slot;
  const when = `${spokenDay(dayOf(seconds(slot.starts_at)), dayOf(now()))} ${clockTime(seconds(slot.starts_at))}`;
  $("#placing-choice p").textContent = say("refer.this-time", { who: placing.referral.display_name ?? "", when, what: titleOf(slot, null) });
  $("#placing-choice").hidden = false;
  $("#placing-choice [data-act=place]").focus();
}

async function place(button) {
  const { referral, slot } = placing;
  complain($("#placing"), "");
  try {
    await whileBusy(button, () => send(`/referrals/${referral.id}/bookings`, { slot_id: slot.id }));
    notPlacing();
    await told(say("refer.done-place", { who: referral.display_name ?? "" }));
  } catch (error) {
    complain($("#placing"), trouble(error));
    slots.find();
  }
}

function notPlacing() {
  placing = null;
  $("#placing").hidden = true;
}

function sayTrouble(words) {
  $("#referrals-trouble").textContent = words;
  $("#referrals-trouble").hidden = !words;
}
