/**
 * The code on the screen: signed anew every 15 seconds by this phone, or, where a browser keeps no keys, fetched as a
 * ticket every 45. Stops when nobody looks, keeps the screen awake while somebody does.
 */
import { call } from "/static/js/api.js";
import { windows, writePass } from "/static/js/hp1/hp1.js";
import { draw } from "/static/js/qr.js";

const TICKET_EVERY = 45;

export class ShowingLoop {
  /**
   * @param {{panel: HTMLElement, canvas: HTMLCanvasElement, ring: SVGElement}} where
   * @param {{clock: object, passes: object|null, onState: (state: string, detail?: object) => void}} with_
   */
  constructor({ panel, canvas, ring }, { clock, passes, onState }) {
    Object.assign(this, { panel, canvas, ring, clock, passes, onState });
    this.residentId = null;
    this.request = null; // a station's, while it is being answered
    this.turn = 0; // a slow answer for an earlier turn is dropped
    document.addEventListener("visibilitychange", () => this.#look());
    window.addEventListener("resize", () => this.#redraw());
  }

  show(residentId) {
    if (residentId !== this.residentId) this.panel.dataset.state = "making"; // never one person's code under another's name
    this.residentId = residentId;
    this.request = null;
    return this.#look();
  }

  /** Sign for this station's one request until it ends; then go back to the usual code. */
  answer(request) {
    this.request = request;
    return this.#look();
  }

  stop() {
    this.residentId = null;
    this.panel.dataset.state = "making";
    this.turn += 1;
    clearTimeout(this.timer);
    clearInterval(this.running);
    this.text = null;
    this.awake?.release().catch(() => {});
  }

  async #look() {
    clearTimeout(this.timer);
    clearInterval(this.running);
    const turn = (this.turn += 1);
    if (!this.residentId || document.hidden) return;
    this.#stayAwake();
    const { text, state, detail, seconds } = await this.#make().catch((error) => ({ state: "none", detail: { error }, seconds: 5 }));
    if (turn !== this.turn) return;
    this.text = text ?? null;
    this.panel.dataset.state = state;
    if (text) this.#redraw();
    this.#runRing(text ? seconds : 0);
    this.onState(state, detail);
    this.timer = setTimeout(() => this.#look(), seconds * 1000);
  }

  async #make() {
    const now = this.clock.now();
    if (this.request && now > this.request.iat + windows.REQUEST_LIFE) this.request = null;
    if (!this.passes) return this.#ticket();
    const pass = await this.passes.current(this.residentId);
    if (!pass) return { state: "none", seconds: 5 };
    const audience = this.request ? { aud: this.request.stationId, cnonce: this.request.cnonce } : undefined;
    const text = await writePass({ certificate: pass.certificate, iat: now, key: pass.key, audience });
    const left = this.request ? this.request.iat + windows.REQUEST_LIFE - now : 0;
    if (this.request) return { text, state: "bound", detail: { request: this.request, left }, seconds: Math.max(1, Math.min(windows.RESIGN_EVERY, left)) };
    return { text, state: "pass", detail: { until: await this.passes.until(this.residentId) }, seconds: windows.RESIGN_EVERY };
  }

  async #ticket() {
    const { code } = await call("POST", `/residents/${this.residentId}/tickets`);
    return { text: code, state: "ticket", seconds: TICKET_EVERY };
  }

  #redraw() {
    if (!this.text) return;
    const landscape = matchMedia("(orientation: landscape) and (max-height: 560px)").matches;
    const width = this.panel.parentElement.clientWidth;
    const room = landscape ? Math.min(innerHeight - 24, innerWidth * 0.6) : Math.min(width - 8, innerHeight * 0.52);
    draw(this.canvas, this.text, Math.max(276, room));
  }

  /** Twice a second and not at every frame: a code may be held up for long, on an old battery. */
  #runRing(seconds) {
    clearInterval(this.running);
    const began = performance.now();
    const tick = () => this.ring.style.setProperty("--gone", Math.min(100, (performance.now() - began) / (seconds * 10)));
    if (!seconds) return;
    tick();
    this.running = setInterval(tick, 500);
  }

  async #stayAwake() {
    try {
      this.awake = this.awake?.released === false ? this.awake : await navigator.wakeLock.request("screen");
    } catch {
      this.awake = null; // an old browser, or little battery: the screen dims as always
    }
  }
}
