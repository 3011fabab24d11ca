/**
 * What every page of the desk stands in: who is at work and where, what their post does, and the sign-in, which comes
 * back over the page when the session has ended, so that nothing that was typed is lost to whoever typed it.
 */
import { call, statement } from "/static/js/api.js";
import { $, complain, onAct, showOnly } from "/static/js/dom.js";
import { readUnverified } from "/static/js/jwt.js";
import { ServerClock } from "/static/js/time.js";
import { say, trouble } from "/static/js/words.js";
import { onSignedOut } from "./asking.js";
import { Idle } from "./idle.js";
import { browser, tab } from "./memory.js";
import { placeNamed } from "./places.js";
import { SignIn } from "./sign_in.js";

const CLINIC = ["clerk", "station_worker", "doctor", "nurse"];
const IDLE_MINUTES = 15; // the service's own; with a computer for everybody 5
/** Which post does what here. Only for what is shown: each door of the API asks for itself. */
const ROOMS = {
  day: CLINIC,
  book: [...CLINIC, "hotline", "city_admin"],
  bills: [...CLINIC, "cashier", "pharmacist", "institution_admin"],
  reconciliation: ["cashier", "institution_admin", "city_admin"],
  referrals: CLINIC,
};
const ANYWHERE = ["book", "reconciliation"]; // also for a post of the city's, which is at no institution

const clock = new ServerClock(async () => readUnverified(await statement("time")));
const sections = { opening: $("#opening"), signIn: $("#sign-in"), refused: $("#refused"), failed: $("#failed"), work: $("#work") };
let me = null; // who began to work on this page
let who = null; // as they signed in: username, session, isShared
let start = null;
let coming = null; // the one wait for a sign-in, however many questions wait for it
let signIn, idle;

/** The city's time in seconds. */
export const now = () => clock.now();

export const hasRole = (...roles) => roles.some((role) => me.roles.includes(role));

export const isSignedOut = () => coming !== null;

/** @param {{room?: string, start: (me: object) => void}} page called once, when somebody is in whose post may be here */
export function begin(page) {
  start = page;
  who = browser.get("who");
  signIn = new SignIn(sections.signIn, signedIn);
  idle = new Idle(() => leave(say("desk.idle")));
  onSignedOut(() => comeBack(say("desk.ended")));
  onAct({ "sign-out": () => leave(""), "once-more": enter });
  window.addEventListener("storage", ({ key }) => key === "desk-who" && somebodySignedIn());
  return enter();
}

async function enter() {
  try {
    const [asked] = await Promise.all([call("GET", "/me"), clock.sync().catch(() => {})]);
    if (asked.kind !== "staff") return await comeBack("");
    await open(asked);
  } catch (error) {
    if (error.status === 401) return comeBack("");
    showOnly(sections.failed, Object.values(sections));
    complain(sections.failed, trouble(error));
  }
}

async function open(asked) {
  me = asked;
  idle.begin(who?.isShared ? 5 : IDLE_MINUTES);
  await sayWhere();
  const why = whyNot();
  $("#refused-why").textContent = why;
  showOnly(why ? sections.refused : sections.work, Object.values(sections));
  if (!why) start.start(me);
}

function whyNot() {
  const { room } = start;
  if (room && !ROOMS[room].some((role) => me.roles.includes(role))) return say("desk.refused");
  return room && !ANYWHERE.includes(room) && !me.institution_id ? say("desk.nowhere") : "";
}

async function sayWhere() {
  const place = me.institution_id ? await placeNamed(me.institution_id).catch(() => null) : null;
  $("#where").replaceChildren([place ?? say("desk.city"), who?.username].filter(Boolean).join(" · "));
  for (const link of document.querySelectorAll("[data-room]")) {
    const { room } = link.dataset;
    link.hidden = !ROOMS[room].some((role) => me.roles.includes(role)) || (!ANYWHERE.includes(room) && !me.institution_id);
    if (room === start.room) link.setAttribute("aria-current", "page");
  }
  $("#rooms").hidden = false;
}

/** Put the sign-in over the page; resolves when the same person is back, and never for anybody else. */
function comeBack(why) {
  if (!coming) {
    let resolve;
    coming = Object.assign(new Promise((done) => { resolve = done; }), { done: () => { coming = null; resolve(); } });
    idle.end();
    $("#rooms").hidden = true;
    showOnly(sections.signIn, Object.values(sections));
    signIn.open(why, me ? who?.username : "");
  }
  return coming;
}

async function signedIn(entered) {
  const isSame = me && who?.username === entered.username;
  who = entered;
  browser.put("who", entered);
  const asked = await call("GET", "/me");
  if (me && !(isSame && sameWork(asked))) return begone();
  coming?.done();
  if (me) resume();
  else await open(asked);
}

function resume() {
  idle.begin(who?.isShared ? 5 : IDLE_MINUTES);
  $("#rooms").hidden = false;
  showOnly(sections.work, Object.values(sections));
}

function sameWork(asked) {
  return asked.institution_id === me.institution_id && String(asked.roles) === String(me.roles);
}

/** In another tab: all tabs share one session, so nobody goes on under somebody else's name. */
async function somebodySignedIn() {
  const entered = browser.get("who");
  if (!entered || entered.session === who?.session) return;
  if (!me || entered.username !== who?.username) return begone();
  who = entered;
  const asked = await call("GET", "/me").catch(() => null);
  if (!asked || !sameWork(asked)) return begone();
  if (coming) {
    coming.done();
    resume();
  }
}

/** What was half done belongs to whoever began it. */
function begone() {
  tab.forget("in-front");
  location.reload();
  return new Promise(() => {});
}

/**
 * Signed out here, and only that: a scanner's page may stand in the same browser, and `sessions/current` has the browser
 * forget everything. The person in front is forgotten when somebody says so, and kept over the table when only time did.
 */
async function leave(why) {
  if (!why) tab.forget("in-front");
  comeBack(why);
  try {
    const { items } = await call("GET", "/sessions");
    const here = items.find((one) => one.is_current);
    if (here) await call("DELETE", `/sessions/${here.id}`);
    if (!why) location.assign("/desk/");
  } catch (error) {
    if (error.status === 401) return; // another tab was first
    complain(sections.signIn, say("desk.perhaps"));
  }
}
