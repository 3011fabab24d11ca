/** A camera that looks for codes, some ten times a second, until it is stopped. */
import { codesIn } from "./decode.js";

const PAUSE = 90; // ms between looks; a phone stays cool
const SIDE = 960; // px; larger frames are made smaller first
const SAME_FOR = 3000; // ms; a code held still is told once

export class Camera {
  /**
   * @param {HTMLVideoElement} video
   * @param {(text: string) => void} onCode
   * @param {(text: string) => string} same what two texts have in common that are to be told only once
   */
  constructor(video, onCode, same = (text) => text) {
    Object.assign(this, { video, onCode, same });
    this.canvas = document.createElement("canvas");
    this.last = { same: "", text: "", at: -Infinity };
  }

  get isOn() {
    return Boolean(this.stream);
  }

  /** Throws what getUserMedia throws when there is no camera or no permission. */
  async start() {
    if (this.stream) return;
    const wanted = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 960 } };
    this.stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
    this.video.srcObject = this.stream;
    this.video.hidden = false;
    await this.video.play();
    this.#look();
  }

  stop() {
    clearTimeout(this.timer);
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
    this.video.hidden = true;
  }

  async #look() {
    if (!this.stream) return;
    try {
      if (!document.hidden) for (const text of await codesIn(this.#frame())) this.#tell(text);
    } finally {
      if (this.stream) this.timer = setTimeout(() => this.#look(), PAUSE);
    }
  }

  #frame() {
    const { videoWidth: width, videoHeight: height } = this.video;
    const scale = Math.min(1, SIDE / Math.max(width, height, 1));
    this.canvas.width = Math.max(1, Math.round(width * scale));
    this.canvas.height = Math.max(1, Math.round(height * scale));
    const context = this.canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(this.video, 0, 0, this.canvas.width, this.canvas.height);
    return context.getImageData(0, 0, this.canvas.width, this.canvas.height);
  }

  #tell(text) {
    const now = performance.now();
    const same = this.same(text);
    const isKnown = (text === this.last.text || same === this.last.same) && now - this.last.at < SAME_FOR;
    this.last = { same, text, at: now };
    if (!isKnown) this.onCode(text);
  }
}
