/** This station's requests: shown as a code, signed by this device, good for one answer within three minutes. */
import { hex, read, windows, writeStationRequest } from "/static/js/hp1/hp1.js";
import { draw } from "/static/js/qr.js";

const RENEW_EVERY = 120; // seconds; whoever scans the oldest still has a minute to answer
const LONGEST_NAME = 40; // characters

export class Requests {
  constructor({ panel, canvas, device, clock }) {
    Object.assign(this, { panel, canvas, device, clock });
    this.open = [];
    window.addEventListener("resize", () => this.#redraw());
  }

  /** Show a new request, and go on renewing it. */
  async show() {
    this.hide();
    this.panel.hidden = false;
    const request = { stationId: this.device.stationId, iat: this.clock.now(), cnonce: crypto.getRandomValues(new Uint8Array(8)) };
    const stationName = [...this.device.stationName].slice(0, LONGEST_NAME).join("");
    this.text = await writeStationRequest({ ...request, stationName, key: this.device.kept.key });
    const alive = this.open.filter((older) => older.iat >= request.iat - windows.REQUEST_LIFE);
    this.open = [...alive, { ...request, text: this.text }];
    this.#redraw();
    this.timer = setTimeout(() => this.show(), RENEW_EVERY * 1000);
  }

  hide() {
    clearTimeout(this.timer);
    this.panel.hidden = true;
  }

  /** The request that this code answers: the one it names, the newest if it names none of ours, null if it names none. */
  answeredBy(text) {
    let audience;
    try {
      audience = read(text).audience;
    } catch {
      return null;
    }
    if (!audience?.cnonce) return null;
    return this.open.find((request) => hex(request.cnonce) === hex(audience.cnonce)) ?? this.open.at(-1) ?? null;
  }

  #redraw() {
    if (this.panel.hidden || !this.text) return;
    const width = this.panel.parentElement.clientWidth;
    const share = width < 700 ? 0.34 : 0.45; // on a phone the camera stands below it
    draw(this.canvas, this.text, Math.min(width - 8, 400, window.innerHeight * share));
  }
}
