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
    this.turn = 0; // a camera that opens after it was stopped is let go again
  }

  get isOn() {
    return Boolean(this.stream);
  }

  /**
   * Throws what getUserMedia and play throw: no camera, no permission. Stopped while it starts, it stays off.
   * @param {() => void} [onEnd] the camera went by itself: unplugged, or taken by another program
   */
  async start(onEnd = () => {}) {
    const turn = (this.turn += 1);
    if (this.stream) return;
    const wanted = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 960 } };
    const stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
    if (turn !== this.turn) return end(stream);
    this.stream = stream;
    for (const track of stream.getTracks()) track.onended = () => this.#ended(stream, onEnd);
    this.video.srcObject = stream;
    this.video.hidden = false;
    try {
      await this.video.play();
    } catch (error) {
      if (stream !== this.stream) return; // stopped meanwhile, which is no failure
      this.stop();
      throw error;
    }
    if (stream === this.stream) this.#look();
  }

  stop() {
    this.turn += 1;
    clearTimeout(this.timer);
    if (this.stream) end(this.stream);
    this.stream = null;
    this.video.srcObject = null;
    this.video.hidden = true;
  }

  #ended(stream, onEnd) {
    if (stream !== this.stream) return;
    this.stop();
    onEnd();
  }

  async #look() {
    const { stream } = this;
    if (!stream) return;
    try {
      const texts = document.hidden ? [] : await codesIn(this.#frame());
      if (stream === this.stream) texts.forEach((text) => this.#tell(text));
    } finally {
      if (stream === this.stream) this.timer = setTimeout(() => this.#look(), PAUSE);
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

function end(stream) {
  for (const track of stream.getTracks()) track.stop();
}
