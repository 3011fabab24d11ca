/** What I have: the next appointment biggest, my number today, places kept for me, referrals, notices. */
import { ApiProblem, Offline, call, statement } from "/static/js/api.js";
import { $, complain, el, onAct, whileBusy } from "/static/js/dom.js";
import { readUnverified } from "/static/js/jwt.js";
import { ServerClock } from "/static/js/time.js";
import { say, trouble } from "/static/js/words.js";
import { send } from "./asking.js";
import { draw, lineOf, sorted } from "./card.js";
import { Feeds } from "./feeds.js";
import { showNotices, showReferrals } from "./news.js";
import { isKept } from "./next.js";
import { keepChosen, lastChosen, peopleFor, switcher } from "./people.js";
import { Places } from "./places.js";
import { Sure } from "./sure.js";
import { Ticket } from "./ticket.js";
import { joined, secondsOf } from "./when.js";

const TICK = 20_000; // ms between looks at how long it is until then
const PAST_SHOWN = 10;

const main = $("#main");
const clock = new ServerClock(async () => readUnverified(await statement("time")));
const places = new Places();
const sure = new Sure($("#sure"), inWords);
const ticket = new Ticket({ section: $("#ticket"), clock, onOver: () => refresh() });
const feeds = new Feeds({ part: $("#calendar"), clock, onRevoke: revoke });
let people, person;
let appointments = [];
let hasCalendar = false;
let kept = []; // places that wait for a yes
let ticking = []; // texts that change with the time
let turn = 0; // what comes after somebody else was chosen is dropped

async function begin() {
  try {
    const [me] = await Promise.all([call("GET", "/me"), clock.sync().catch(() => {})]); // else this phone's own time
    if (!me.resident_id) return location.replace("/portal/");
    people = peopleFor(me, "appointments:book");
    await choose(lastChosen(people));
  } catch (error) {
    fail(error);
  }
}

async function choose(one) {
  person = one;
  keepChosen(one);
  complain(main, "");
  appointments = [];
  $("#shown").hidden = true;
  $("#waiting").hidden = false;
  $("#people").replaceChildren(...switcher(people, one, (other) => choose(other).catch(fail)));
  await load();
}

async function load() {
  const mine = (turn += 1);
  const { residentId } = person;
  const [{ items }, isCalendar] = await Promise.all([call("GET", `/residents/${residentId}/appointments`), feeds.show(residentId).catch(() => false)]);
  const named = await Promise.all(items.map(async (one) => ({ ...one, naming: await places.naming(one) })));
  if (mine !== turn) return;
  [appointments, hasCalendar] = [named, isCalendar];
  paint();
  const list = $("#referrals ul");
  const now = clock.now();
  const beside = [ticket.show(residentId), showNotices($("#notices"), residentId, now), showReferrals(list, residentId, { places, now })];
  const [, , hasReferrals] = await Promise.all(beside);
  if (mine === turn) $("#referrals").hidden = !hasReferrals;
}

/** Bring what is shown up to date, quietly: what is there is only replaced by what is newer. */
async function refresh() {
  if (!person || document.hidden || sure.dialog.open) return;
  try {
    await load();
    $("#again").hidden = true;
  } catch (error) {
    if (!(error instanceof Offline)) fail(error);
  }
}

function paint() {
  const now = clock.now();
  const { first, more, past } = sorted(appointments, now);
  ticking = [];
  kept = appointments.filter((one) => isKept(one, now));
  $("#waiting").hidden = true;
  $("#again").hidden = true;
  $("#shown").hidden = false;
  $("#first").hidden = !first;
  $("#first").replaceChildren(...(first ? drawn(first, now, true) : []));
  $("#none").hidden = Boolean(first);
  $("#more").hidden = !more.length;
  $("#more ul").replaceChildren(...more.map((one) => row(one, now)));
  $("#past").hidden = !past.length;
  $("#past ul").replaceChildren(...past.slice(0, PAST_SHOWN).map((one) => row(one, now)));
  $("#book").classList.toggle("quiet", Boolean(first && isKept(first, now))); // one main act a page
}

function row(one, now) {
  return el("li", { "data-testid": "appointment", "data-state": one.state }, ...drawn(one, now, false));
}

function drawn(one, now, isFirst) {
  return draw(one, { naming: one.naming, now, ticks, acts: acts(one, now, isFirst) });
}

/** Keep a text that changes with the time. */
function ticks(element, text) {
  ticking.push({ element, text });
  element.textContent = text(clock.now());
  return element;
}

function tick() {
  const now = clock.now();
  for (const { element, text } of ticking) if (element.textContent !== text(now)) element.textContent = text(now);
  const over = kept.filter((one) => !isKept(one, now));
  if (!over.length) return;
  paint(); // what is over is not offered any more, even without network
  refresh();
}

function acts(one, now, isFirst) {
  if (isKept(one, now)) return [button("take", isFirst ? "main-act" : "", () => take(one)), button("decline", isFirst ? "plain broad" : "plain", () => give(one, one.is_offered ? "decline" : "cancel"))];
  if (one.state === "waitlist") return [button("stop-waiting", "plain", () => give(one, "stop"))];
  if (one.state !== "booked" || secondsOf(one.starts_at) <= now) return [];
  return [
    el("a", { class: "button", href: `/portal/book?move=${one.id}`, "data-testid": "move" }, say("appointment.move")),
    button("cancel", "danger", () => give(one, "cancel")),
    hasCalendar ? el("a", { class: "button plain", href: `/api/v1/appointments/${one.id}/calendar`, download: "appointment.ics", "data-testid": "into-calendar" }, say("appointment.calendar")) : null,
  ];
}

function button(name, look, deed) {
  const made = el("button", { type: "button", class: look || null, "data-testid": name }, say(`appointment.${name}`));
  made.addEventListener("click", () => deed(made));
  return made;
}

async function take(one) {
  complain(main, "");
  const pressed = document.activeElement;
  await whileBusy($("[data-testid=take]"), async () => {
    try {
      await send(`/appointments/${one.id}/confirmations`);
      await load();
      complain(main, say("appointment.taken", { what: line(one) }), "done");
    } catch (error) {
      if (isGone(error)) return cannot(error);
      complain(main, inWords(error));
      pressed?.focus();
    }
  });
}

/** Give a place up, or wait no more, after a question that names it. */
function give(one, kind) {
  const what = people.length > 1 ? joined([person.name, line(one)]) : line(one);
  sure.ask(kind, what, async () => {
    await send(`/appointments/${one.id}/cancellations`, {});
    await load();
    complain(main, say("appointment.gone", { what: line(one) }), "done");
  });
}

/** Somebody or the clock was faster: say so, and show how it stands now. */
async function cannot(error) {
  await refresh();
  complain(main, trouble(error));
}

function isGone(error) {
  return error instanceof ApiProblem && !error.isPassing;
}

function revoke(feed) {
  sure.ask("revoke", "", async () => {
    await feeds.revoke(feed);
    complain(main, say("feed.revoked"), "done");
  });
}

async function subscribe(pressed) {
  complain(main, "");
  await whileBusy(pressed, () => feeds.subscribe().catch((error) => complain(main, inWords(error))));
}

function line(one) {
  return lineOf(one, one.naming, clock.now());
}

/** A lost answer is said as such: nobody knows yet, and pressing again is safe. */
function inWords(error) {
  return error instanceof Offline ? say("deed.lost") : trouble(error);
}

function fail(error) {
  if (error.status === 401) return location.replace("/portal/");
  $("#waiting").hidden = true;
  $("#again").hidden = false;
  return complain(main, trouble(error));
}

async function again(pressed) {
  complain(main, "");
  $("#waiting").hidden = false;
  pressed.hidden = true;
  await (person ? load().catch(fail) : begin());
}

onAct({
  "again": again,
  "sure-yes": (pressed) => sure.yes(pressed),
  "sure-no": () => sure.no(),
  "subscribe": subscribe,
  "copy": () => feeds.copy(),
});
window.addEventListener("online", refresh);
document.addEventListener("visibilitychange", refresh);
setInterval(() => document.hidden || tick(), TICK);
begin();
