/**
 * The wall as the service tells it: a stream that is read by fetch (an EventSource cannot say who it is), opened again
 * whenever it ends; asked for again and again instead where the service has no seat left for a stream.
 *
 * Whatever is heard, a sign of life too, says that what is shown is true now. Silence says that it may not be.
 */
import { ApiProblem, Offline } from "/static/js/api.js";

const SILENCE = 15_000; // ms; the service lets itself be heard every ten seconds
const ASK_EVERY = 5_000; // ms
const FIRST_WAIT = 1_000; // ms
const LONGEST_WAIT = 30_000; // ms

export class Feed {
  /**
   * @param {{device: object, onBoard: (wall: object) => void, onState: (state: string) => void}} with_ a state is online,
   *   offline, or stopped (this device may no longer)
   */
  constructor({ device, onBoard, onState }) {
    Object.assign(this, { device, onBoard, onState });
    this.wait = FIRST_WAIT;
    this.wake = () => {};
  }

  /** For as long as the page is open. */
  async run() {
    window.addEventListener("online", () => this.wake());
    window.addEventListener("offline", () => this.reading?.abort());
    for (;;) {
      try {
        await this.#listenOrAsk();
      } catch (error) {
        await this.#after(error);
      }
    }
  }

  async #listenOrAsk() {
    try {
      await this.#listen();
    } catch (error) {
      if (error.status !== 503 || error.retryAfter === null) throw error;
      await this.#ask(error.retryAfter * 1000);
    }
  }

  async #after(error) {
    if (!(error instanceof ApiProblem) && !(error instanceof Offline)) throw error;
    if (error.status === 401 && this.device.session) { // a token that is over is no word about the device
      this.device.session = null;
      return this.#rest(FIRST_WAIT);
    }
    this.onState(error.status === 401 || error.status === 403 ? "stopped" : "offline");
    await this.#rest(this.wait * (0.5 + Math.random() / 2)); // not all walls of a house in the same moment
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  /** No seat is free: the same wall, asked for every few seconds until a seat may be. */
  async #ask(milliseconds) {
    for (let left = milliseconds; left > 0; left -= ASK_EVERY) {
      this.#hear(await this.device.call("GET", "/wall"));
      await this.#rest(ASK_EVERY);
    }
  }

  /** One stream, to its end. Throws ApiProblem or Offline. */
  async #listen() {
    const token = await this.device.token();
    this.reading = new AbortController();
    this.#alive();
    try {
      const headers = { Accept: "text/event-stream", Authorization: `Bearer ${token}` };
      const request = { headers, cache: "no-store", credentials: "omit", signal: this.reading.signal };
      const response = await fetch("/api/v1/wall/events", request);
      if (!response.ok) throw new ApiProblem(response.status, {}, Number(response.headers.get("Retry-After")) || null);
      await this.#read(response.body.getReader());
    } catch (error) {
      throw error instanceof ApiProblem ? error : new Offline();
    } finally {
      clearTimeout(this.silence);
    }
  }

  async #read(reader) {
    const text = new TextDecoder();
    let heard = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.#alive();
      heard += text.decode(value, { stream: true });
      const messages = heard.split("\n\n");
      heard = messages.pop();
      for (const message of messages) this.#take(message);
    }
  }

  #take(message) {
    const data = message.split("\n").filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
    if (data) this.#hear(JSON.parse(data));
    else this.#good();
  }

  #hear(wall) {
    this.onBoard(wall);
    this.#good();
  }

  #good() {
    this.wait = FIRST_WAIT;
    this.onState("online");
  }

  #alive() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.reading.abort(), SILENCE);
  }

  /** A line that comes back is tried at once. */
  #rest(milliseconds) {
    return new Promise((done) => {
      const timer = setTimeout(done, milliseconds);
      this.wake = () => { clearTimeout(timer); done(); };
    });
  }
}
