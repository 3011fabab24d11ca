/**
 * Nobody is here any more. The service ends a session that asks nothing for a while, but a page that refreshes itself
 * asks all the time: so the page counts what a person does, over all tabs of this browser, and signs out by itself.
 */
import { browser } from "./memory.js";

const NOTE_EVERY = 5_000; // ms; other tabs need not know it sooner
const LOOK_EVERY = 10_000;

export class Idle {
  /** @param {() => void} onIdle called once, when nothing was touched for `minutes` */
  constructor(onIdle) {
    this.onIdle = onIdle;
    for (const kind of ["pointerdown", "keydown", "wheel", "touchstart"]) {
      document.addEventListener(kind, () => this.touch(), { capture: true, passive: true });
    }
    document.addEventListener("visibilitychange", () => this.#look());
  }

  begin(minutes) {
    this.after = minutes * 60_000;
    this.touch(true);
    clearInterval(this.timer);
    this.timer = setInterval(() => this.#look(), LOOK_EVERY);
  }

  end() {
    clearInterval(this.timer);
    this.timer = null;
  }

  touch(isSure = false) {
    const now = Date.now();
    if (!isSure && now - (this.touched ?? 0) < NOTE_EVERY) return;
    this.touched = now;
    browser.put("touched", now);
  }

  #look() {
    const last = Math.max(this.touched, browser.get("touched") ?? 0);
    if (!this.timer || Date.now() - last < this.after) return;
    this.end();
    this.onIdle();
  }
}
