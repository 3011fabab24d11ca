/** The scanner page: read a code by camera, picture, keyboard or hand-held reader; show who it is, or what to do next. */
import { statement } from "/static/js/api.js";
import { Camera } from "/static/js/camera.js";
import { codesInFile } from "/static/js/decode.js";
import { $, complain, el, onAct, showOnly, whileBusy } from "/static/js/dom.js";
import { digits } from "/static/js/hp1/hp1.js";
import { Lists } from "/static/js/lists.js";
import { openStore } from "/static/js/store.js";
import { ServerClock } from "/static/js/time.js";
import { Wedge } from "/static/js/wedge.js";
import { knows, say, spokenTime, trouble } from "/static/js/words.js";
import { Device } from "./device.js";
import { Journal } from "./journal.js";
import { Judge, VALUABLE, showingIn } from "./judge.js";
import { Line } from "./line.js";
import { Requests } from "./requests.js";
import { Result } from "./result.js";
import { wakeSound } from "./sound.js";

const SHELVES = { facts: null, seen: { keyPath: "key" }, waiting: { keyPath: "n", autoIncrement: true } };
const STAYS = 800; // ms for which a number just given stays, should the same press come twice
const SEEN_FOR = 24 * 3600; // seconds; a showing lives one minute, the rest is for wrong clocks

const sections = [$("#enrol"), $("#scan")];
let store, clock, device, lists, journal, judge, line, requests, result, camera;
let step = "check-in";
let last = null; // the text on the screen
const taken = new Set(); // whose codes were taken since this page was opened
let checked = null; // the verification on the screen, that can be checked in
let staysUntil = 0;
let turn = 0; // an answer that comes after the next code was read is dropped

async function begin() {
  store = await openStore("healthcode-scanner", SHELVES).catch(() => null);
  if (!store || !crypto.subtle) return cannotWork();
  clock = new ServerClock(hearTime, (await store.get("facts", "offset")) ?? 0);
  device = new Device(store, clock, async () => (await store.get("facts", "issuer")) ?? (await hearTime()).iss);
  if (await device.load()) return work();
  showOnly($("#enrol"), sections);
}

/** A scanner must keep its key and its readings; a private window or an unprotected address keeps neither. */
function cannotWork() {
  showOnly($("#enrol"), sections);
  $("#enrol-form").hidden = true;
  complain($("#enrol"), say("scanner.cannot"));
}

/** The city's time, verified with the keys this scanner was given, and the city's name for itself. */
async function hearTime() {
  const claims = await lists.read("time", await statement("time"));
  await store.jot("facts", claims.iss, "issuer");
  return claims;
}

async function work() {
  lists = new Lists(store, device.kept.lists_keys);
  await lists.load();
  await forgetOld();
  journal = new Journal(store, device);
  judge = new Judge({ device, lists, clock, store, journal });
  requests = new Requests({ panel: $("#request"), canvas: $("#request-qr"), device, clock });
  result = new Result($("#result"), clock);
  camera = new Camera($("#video"), (text) => read(text), sameHand);
  line = new Line({ bar: $("#line"), clock, lists, journal, device, onNotable: keepNotes, onState: heardLine });
  $("#where").textContent = device.stationName;
  step = (await store.get("facts", "step")) ?? step;
  $(`input[value=${step}]`).checked = true;
  sayLooking();
  showOnly($("#scan"), sections);
  new Wedge(read).listen(document);
  if (await store.get("facts", "camera")) toggleCamera($("[data-act=camera]"));
  await showNotes();
  await useStep();
  await line.start();
  await store.jot("facts", clock.offset, "offset");
  if (VALUABLE.has(step)) await requests.show(); // the first one was signed by this device's own clock
}

/** Judge one text and show the answer; the next code goes on by itself. */
async function read(text, secondCheck = null) {
  const mine = (turn += 1);
  const challenge = requests.answeredBy(text);
  result.busy();
  const judgement = await judge.judge(text, { step, challenge, secondCheck }).catch(() => ({ kind: "refused", slug: "broken" }));
  if (mine !== turn) return;
  last = text;
  const subject = showingIn(text)?.subject;
  if (judgement.kind === "refused") taken.delete(subject);
  else taken.add(subject);
  result.show(judgement);
  if (VALUABLE.has(step) && challenge) requests.show(); // each request is answered once
  noteLine(judgement);
  checked = judgement.verification?.id ?? null;
  if (judgement.kind === "known") await showAgenda(checked, mine);
}

/** What a reading showed of the line; one that nobody was asked about shows nothing. */
function noteLine({ kind, slug, problem, isUnasked }) {
  if (slug === "device-stopped") line.listen();
  else if (!isUnasked) line.note(kind === "known" || Boolean(problem));
}

async function showAgenda(verificationId, mine) {
  const agenda = await device.call("GET", `/verifications/${verificationId}/agenda`).catch(() => null);
  if (mine === turn) result.agenda(agenda?.items ?? null, step);
  return agenda?.items ?? [];
}

/** Check in whom the screen names. Pressed again, or after an answer that was lost, it gives the same number. */
async function checkIn(button) {
  const [mine, verificationId, { act }] = [turn, checked, result];
  if (!act) return;
  const body = { verification_id: verificationId };
  const outcome = await whileBusy(button, () => device.call("POST", act.href.replace("/api/v1", ""), { body }).catch((error) => error));
  if (mine !== turn) return;
  const wasLost = outcome.slug === "already-spent"; // by this very press, or the one before
  const items = outcome instanceof Error && !wasLost ? [] : await showAgenda(verificationId, mine);
  if (mine !== turn) return;
  const number = outcome.ticket ?? outcome.body?.ticket ?? items.filter(({ ticket }) => ticket).pop()?.ticket;
  if (number !== undefined && number !== null) {
    staysUntil = performance.now() + STAYS;
    return result.checkedIn(number);
  }
  if (outcome.name === "Offline") line.note(false);
  return result.notCheckedIn(trouble(outcome), outcome.name === "Offline" || outcome.isPassing);
}

/** A phone that is still held up shows a new code every 15 seconds: the same hand is not read twice. */
function sameHand(text) {
  const subject = showingIn(text)?.subject;
  return subject && taken.has(subject) ? subject : text;
}

function next() {
  if (performance.now() < staysUntil) return;
  turn += 1;
  result.close();
}

async function useStep() {
  await store.jot("facts", step, "step");
  if (VALUABLE.has(step)) await requests.show();
  else requests.hide();
}

function sayLooking() {
  $("#looking").textContent = say(camera.isOn ? "camera.looking" : "camera.off");
  const button = $("[data-act=camera]");
  button.setAttribute("aria-pressed", String(camera.isOn));
  button.classList.toggle("main-act", !camera.isOn && $("#typed").hidden); // one main act at a time
}

async function toggleCamera(button) {
  await whileBusy(button, async () => {
    const isWanted = !camera.isOn;
    if (isWanted) await camera.start(sayNoCamera).catch(() => {});
    else camera.stop();
    await store.jot("facts", camera.isOn, "camera"); // it opens by itself next time
    if (isWanted && !camera.isOn) sayNoCamera();
    else sayLooking();
  });
}

function sayNoCamera() {
  sayLooking();
  $("#looking").textContent = say("trouble.camera");
}

function toggleTyping(button) {
  const form = $("#typed");
  form.hidden = !form.hidden;
  button.setAttribute("aria-expanded", String(!form.hidden));
  sayLooking();
  if (!form.hidden) $("#typed-text").focus();
}

function readTyped(event) {
  event.preventDefault();
  const typed = $("#typed-text").value.trim();
  const spaceless = typed.replace(/[ \n]/g, ""); // groups of four are ours; nothing else is changed
  const isCode = /^HPS?1:/i.test(typed);
  complain($("#typed"), "");
  try {
    const text = isCode ? typed : digits.read(spaceless);
    $("#typed").reset();
    document.activeElement.blur();
    read(text);
  } catch {
    complain($("#typed"), say("digits.bad"));
  }
}

async function readPicture(event) {
  const [file] = event.target.files;
  event.target.value = "";
  if (!file) return;
  const found = await codesInFile(file).catch(() => []);
  if (found.length) read(found[0]);
  else $("#looking").textContent = say("trouble.picture");
}

function enrol(event) {
  event.preventDefault();
  const section = $("#enrol");
  complain(section, "");
  whileBusy($("button", event.target), async () => {
    try {
      await device.enrol($("#enrolment-code").value.trim(), $("#device-name").value.trim());
      event.target.reset();
      if (line) location.reload(); // nothing on this page may go on as the device it was
      else await work();
    } catch (error) {
      complain(section, trouble(error));
    }
  });
}

function heardLine(state) {
  offerEnrolment(state);
  result.lineIs(state === "online");
}

/** A stopped device comes back only as a new one. A form that somebody types into stays while the line comes and goes. */
function offerEnrolment(state) {
  const isOver = state === "stopped" || state === "strange";
  if (!isOver && state !== "online") return;
  $("#enrol").hidden = !isOver;
  $("[data-anew]").hidden = !isOver;
}

/** What the service found odd about earlier readings stays until somebody has looked at it. */
async function keepNotes(notable) {
  const kept = (await store.get("facts", "notes")) ?? [];
  const notes = notable.map(({ item, result: { status, problem } }) => ({ at: item.read_at, status, problem }));
  await store.put("facts", [...kept, ...notes].slice(-50), "notes");
  await showNotes();
}

async function showNotes() {
  const notes = (await store.get("facts", "notes")) ?? [];
  $("#notes").hidden = !notes.length;
  $("#notes ul").replaceChildren(...notes.map((note) => el("li", { "data-status": note.status }, noteWords(note))));
}

function noteWords({ at, status, problem }) {
  const when = spokenTime(Date.parse(at) / 1000, clock.now());
  if (status === "conflict") return say(problem === "code-revoked" ? "conflict.code-revoked" : "conflict", { when });
  return say("conflict.refused", { when, reason: knows(`refused.${problem}`) ? say(`refused.${problem}`) : say("refused.other") });
}

async function forgetOld() {
  const old = (await store.all("seen")).filter((seen) => seen.at < clock.now() - SEEN_FOR);
  if (old.length) await store.remove("seen", old.map((seen) => seen.key));
}

onAct({
  "camera": toggleCamera,
  "type": toggleTyping,
  "face": () => read(last, { kind: "face" }),
  "next": next,
  "check-in": checkIn,
  "notes-seen": async () => { await store.remove("facts", ["notes"]); await showNotes(); },
});
$("#enrol-form").addEventListener("submit", enrol);
$("#typed").addEventListener("submit", readTyped);
$("#picture").addEventListener("change", readPicture);
$("#steps").addEventListener("change", (event) => { step = event.target.value; useStep(); });
$("#second").addEventListener("submit", (event) => { event.preventDefault(); read(last, result.secondCheckTyped()); });
$("#result").addEventListener("click", (event) => { if (!event.target.closest("form, button, a")) next(); });
for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, wakeSound, { once: true, capture: true });

navigator.serviceWorker?.register("/scanner/sw.js", { scope: "/scanner/" }).catch(() => {});
begin();
