/** The wall: enrols once, then shows by itself whom the doctors call. */
import { statement } from "/static/js/api.js";
import { Device } from "/static/js/device.js";
import { $, complain, el, onAct, showOnly, whileBusy } from "/static/js/dom.js";
import { claimsOf } from "/static/js/jwt.js";
import { openStore } from "/static/js/store.js";
import { ServerClock } from "/static/js/time.js";
import { clockTime, say, trouble } from "/static/js/words.js";
import { Board, lastCall } from "./board.js";
import { allowSound, chime, isHeard } from "./chime.js";
import { Feed } from "./feed.js";

const SYNC_EVERY = 10 * 60_000; // ms
const FRESH_FOR = 60_000; // ms
const ALL = "";

const sections = [$("#enrol"), $("#board")];
const board = new Board($("#board"));
let store, clock, device;
let wall = null; // as it was heard last
let chosen = ALL; // the place that this wall shows
let state = "unknown";
let heardAt = null; // seconds

async function begin() {
  store = await openStore("healthcode-wall", { facts: null }).catch(() => null);
  if (!store || !crypto.subtle) return cannotWork();
  clock = new ServerClock(hearTime, (await store.get("facts", "offset")) ?? 0);
  device = new Device(store, clock, async () => (await store.get("facts", "issuer")) ?? (await hearTime()).iss);
  if (await device.load()) return work();
  showOnly($("#enrol"), sections);
}

function cannotWork() {
  showOnly($("#enrol"), sections);
  $("#enrol-form").hidden = true;
  complain($("#enrol"), say("scanner.cannot"));
}

/** The city's time and its name for itself. Nothing is trusted for it: a wall judges no codes. */
async function hearTime() {
  const claims = claimsOf(await statement("time"));
  await store.jot("facts", claims.iss, "issuer");
  return claims;
}

async function work() {
  chosen = (await store.get("facts", "place")) ?? ALL;
  put($("#where"), device.stationName);
  $("#line").hidden = false;
  showOnly($("#board"), sections);
  board.age(false);
  board.draw([]);
  sayState("unknown");
  saySound();
  await sync();
  setInterval(sync, SYNC_EVERY);
  setInterval(sayTime, 1000);
  stayAwake();
  new Feed({ device, onBoard: show, onState: sayState }).run();
}

async function sync() {
  await clock.sync().catch(() => {}); // the machine's own clock goes on; the line says whether there is one
  await store.jot("facts", clock.offset, "offset");
}

/** What was heard. A call that was not there before sounds, if it is fresh; a page that was just opened is silent. */
function show(heard) {
  const before = wall && (lastCall(shown(wall))?.called_at ?? "");
  wall = heard;
  const call = lastCall(shown(wall));
  offerPlaces();
  board.draw(shown(wall));
  const isNew = call && before !== null && call.called_at > before;
  if (isNew && Date.parse(wall.at) - Date.parse(call.called_at) < FRESH_FOR) {
    chime();
    flash();
  }
}

function shown({ places }) {
  const mine = places.filter(({ place }) => place === chosen);
  return chosen === ALL ? places : mine;
}

/** Said as a change of weight for some seconds, not as a movement. */
function flash() {
  $("#board").toggleAttribute("data-new", true);
  clearTimeout(flash.timer);
  flash.timer = setTimeout(() => $("#board").removeAttribute("data-new"), 6000);
}

function sayState(now) {
  if (now === "online") heardAt = clock.now();
  if (now === state) return;
  state = now;
  $("#line").dataset.line = state;
  board.age(wall !== null && state !== "online");
  const since = heardAt === null ? say("wall.silent") : say("line.offline", { when: clockTime(heardAt) });
  put($("#line b"), { unknown: say("wall.opening"), offline: since }[state] ?? say(`line.${state}`));
  $("#old").hidden = state === "online" || state === "unknown";
  put($("#old"), state === "stopped" ? say("line.stopped") : say("wall.old", { since }));
  if (state === "stopped") {
    $("#enrol").hidden = false;
    $("[data-anew]").hidden = false;
  } else {
    $("#enrol").hidden = true;
  }
}

function sayTime() {
  put($("#clock"), clockTime(clock.now()));
}

function saySound() {
  const button = $("[data-act=sound]");
  put(button, say(isHeard() ? "wall.sound" : "wall.mute"));
  button.setAttribute("aria-pressed", String(isHeard()));
}

function offerPlaces() {
  const names = [...new Set([...wall.places.map(({ place }) => place), ...(chosen === ALL ? [] : [chosen])])];
  const select = $("#places");
  if ([...select.options].map(({ value }) => value).slice(1).join("\n") === names.join("\n")) return;
  select.replaceChildren(el("option", { value: ALL }, say("wall.all")), ...names.map((name) => el("option", { value: name }, name)));
  select.value = chosen;
}

async function choosePlace(event) {
  chosen = event.target.value;
  await store.jot("facts", chosen, "place");
  if (wall) board.draw(shown(wall));
}

/** A screen that nobody touches must not fall asleep; where the browser does not let us, the machine's own setting must. */
async function stayAwake() {
  const hold = () => navigator.wakeLock?.request("screen").catch(() => {});
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && hold());
  await hold();
}

function enrol(event) {
  event.preventDefault();
  const section = $("#enrol");
  complain(section, "");
  whileBusy($("button", event.target), async () => {
    try {
      await device.enrol($("#enrolment-code").value.trim());
      location.reload(); // nothing on this page may go on as the device it was
    } catch (error) {
      complain(section, trouble(error));
    }
  });
}

function put(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

onAct({ sound: async () => { await allowSound(); saySound(); chime(); } });
$("#enrol-form").addEventListener("submit", enrol);
$("#places").addEventListener("change", choosePlace);
begin();
