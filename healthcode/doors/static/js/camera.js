/** A camera that looks for codes, some ten times a second, until it is stopped. */
import { codesIn } from "./decode.js";

const PAUSE = 90; // ms between looks; a phone stays cool
const SIDE = 960; // px; larger frames are made smaller first
const SAME_FOR = 3000; // ms; a code held still is told once

/** Which texts of a camera's looks are news. Several codes may lie before it: each has a memory of its own. */
export class News {
  /** @param {(text: string) => string} same what two texts have in common that are to be told only once */
  constructor(same = (text) => text) {
    this.same = same;
    this.seenAt = new Map();
  }

  in(text, now) {
    for (const [seen, at] of this.seenAt) if (now - at >= SAME_FOR) this.seenAt.delete(seen);
    const names = [text, this.same(text)]; // what is the same may change once a text was told
    const isNews = !names.some((name) => this.seenAt.has(name));
    for (const name of names) this.seenAt.set(name, now);
    return isNews;
  }
}

export class Camera {
  /**
   * @param {HTMLVideoElement} video
   * @param {(text: string) => void} onCode
   * @param {(text: string) => string} [same] see News
   */
  constructor(video, onCode, same) {
    Object.assign(this, { video, onCode });
    this.news = new News(same);
    this.canvas = document.createElement("canvas");
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
    if (this.news.in(text, performance.now())) this.onCode(text);
  }
}
