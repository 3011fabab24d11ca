/** Answering a counter's request: scan it, read its name, say yes; then the code is signed for that counter alone. */
import { Camera } from "/static/js/camera.js";
import { $, complain } from "/static/js/dom.js";
import { readStationRequest, windows } from "/static/js/hp1/hp1.js";
import { say } from "/static/js/words.js";

export class StationDialog {
  /** @param {{clock: object, nameOf: () => string, onYes: (request: object) => void}} with_ */
  constructor(dialog, { clock, nameOf, onYes }) {
    Object.assign(this, { dialog, clock, nameOf, onYes });
    this.camera = new Camera($("#station-video", dialog), (text) => this.read(text));
    $("#station-form", dialog).addEventListener("submit", (event) => {
      event.preventDefault();
      this.read($("#station-text", dialog).value.trim());
    });
    dialog.addEventListener("close", () => this.camera.stop());
  }

  open() {
    this.#step("read");
    $("#station-text", this.dialog).value = "";
    this.dialog.showModal();
  }

  close() {
    this.dialog.close();
  }

  async startCamera() {
    complain(this.dialog, "");
    const fail = () => complain(this.dialog, say("trouble.camera"));
    await this.camera.start(fail).catch(fail);
  }

  /** What was scanned or pasted. The phone cannot know the device's key: the name is a claim, and a person compares it. */
  read(text) {
    try {
      const request = readStationRequest(text);
      windows.judgeRequest(request.iat, this.clock.now());
      this.request = request;
      this.camera.stop();
      this.#step("ask");
      const asked = say("station.asks", { station: request.stationName, name: this.nameOf() });
      $("[data-testid=station-name]", this.dialog).textContent = asked;
    } catch (refusal) {
      const isOld = refusal.slug === "code-expired" || refusal.slug === "code-not-ready";
      complain(this.dialog, say(isOld ? "station.old" : "station.wrong"));
    }
  }

  /** Somebody may read for longer than a request lives. */
  yes() {
    try {
      windows.judgeRequest(this.request.iat, this.clock.now());
    } catch {
      this.#step("read");
      complain(this.dialog, say("station.old"));
      return;
    }
    this.close();
    this.onYes(this.request);
  }

  #step(name) {
    complain(this.dialog, "");
    for (const step of this.dialog.querySelectorAll("[data-step]")) step.hidden = step.dataset.step !== name;
  }
}
