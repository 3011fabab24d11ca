/** The bar: is there a line, since when not, what waits to be sent, how old the list is. Keeps all of it up to date. */
import { ApiProblem, Offline } from "/static/js/api.js";
import { $ } from "/static/js/dom.js";
import { BadStatement, UnknownSigner } from "/static/js/jwt.js";
import { spread } from "/static/js/time.js";
import { clockTime, say, spokenTime } from "/static/js/words.js";

const LISTEN_EVERY = 20_000; // ms
const LISTS_EVERY = 5 * 60; // seconds

export class Line {
  /**
   * @param {{bar: HTMLElement, clock: object, lists: object, journal: object, device: object,
   *   onNotable: (notable: Array) => Promise<void>, onState: (state: string) => void}} with_ a state is online, offline,
   *   stopped (this device may no longer) or strange (it knows none of the city's keys)
   */
  constructor({ bar, clock, lists, journal, device, onNotable, onState }) {
    Object.assign(this, { bar, clock, lists, journal, device, onNotable, onState });
    this.state = "unknown";
    this.listsDue = -Infinity; // seconds
  }

  start() {
    this.bar.hidden = false;
    window.addEventListener("online", () => this.listen());
    window.addEventListener("offline", () => this.#say("offline"));
    this.#listenLater();
    return this.listen();
  }

  #listenLater() {
    setTimeout(() => this.listen().finally(() => this.#listenLater()), spread(LISTEN_EVERY));
  }

  /** Hear the city's time; if it is there, send what waits and fetch what is old. */
  listen() {
    this.listening ??= this.#listen().finally(() => { this.listening = null; });
    return this.listening;
  }

  /** Something was just tried: what it showed about the line. */
  async note(isThere) {
    await this.#say(isThere ? "online" : "offline");
  }

  async #listen() {
    try {
      await this.clock.sync();
      await this.device.token();
    } catch (error) {
      return this.#say(this.#stateFor(error));
    }
    await this.#say("online");
    const failures = [];
    for (const deed of [() => this.journal.send(this.onNotable), () => this.#refreshLists()]) {
      await deed().catch((error) => failures.push(error)); // readings first, and neither waits for the other to go well
    }
    const states = failures.map((error) => this.#stateFor(error));
    return this.#say(["stopped", "offline"].find((state) => states.includes(state)) ?? "online");
  }

  #stateFor(error) {
    if (error instanceof UnknownSigner) return "strange";
    if (error instanceof Offline || error instanceof BadStatement || error.status >= 500) return "offline";
    if (!(error instanceof ApiProblem)) throw error;
    const isStopped = error.status === 401 || error.status === 403 || error.slug === "device-forked";
    return isStopped ? "stopped" : "online";
  }

  async #refreshLists() {
    if (this.clock.now() < this.listsDue) return;
    await this.lists.refresh();
    this.listsDue = this.clock.now() + spread(LISTS_EVERY);
  }

  async #say(state) {
    const now = this.clock.now();
    if (state === "offline" && this.state !== "offline") this.since = now;
    this.state = state;
    this.bar.dataset.line = state;
    this.onState(state);
    put(this.bar, "line", state === "offline" ? say("line.offline", { when: clockTime(this.since) }) : say(`line.${state}`));
    const count = await this.journal.count();
    put(this.bar, "waiting", count ? say("line.waiting", { count }) : say("line.clear")).dataset.count = count;
    const { madeAt } = this.lists;
    const list = put(this.bar, "list", madeAt === null ? say("line.nolist") : say("line.list", { when: spokenTime(madeAt, now) }));
    list.toggleAttribute("data-stale", !this.lists.isFresh(now));
  }
}

/** Only what changed is written: a screen reader says every change. */
function put(bar, part, text) {
  const place = $(`[data-part=${part}]`, bar);
  if (place.textContent !== text) place.textContent = text;
  return place;
}
