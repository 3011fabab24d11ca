/** The twenty digits: for a broken camera, a voice on the hotline. Fetched on a tap, good for three minutes. */
import { call } from "/static/js/api.js";
import { $, complain, whileBusy } from "/static/js/dom.js";
import { digits as twenty } from "/static/js/hp1/hp1.js";
import { clockTime, language, say, trouble } from "/static/js/words.js";

const SPOKEN = { zh: "零 一 二 三 四 五 六 七 八 九".split(" "), en: "zero one two three four five six seven eight nine".split(" ") };

export class Digits {
  /** @param {object} clock the city's: this phone's own may be minutes off */
  constructor(box, section, clock) {
    Object.assign(this, { box, section, clock });
    $("[data-act=read-aloud]", box).hidden = !("speechSynthesis" in globalThis);
  }

  async fetch(residentId, button) {
    complain(this.section, "");
    const asked = (this.asked = Symbol(residentId));
    try {
      const { digits, expires_at } = await whileBusy(button, () => call("POST", `/residents/${residentId}/digits`));
      if (asked === this.asked) this.#show(digits, Date.parse(expires_at));
    } catch (error) {
      if (asked !== this.asked) return;
      this.hide();
      complain(this.section, trouble(error));
    }
  }

  /** Also what is on its way is not shown any more: by then somebody else's name may stand above it. */
  hide() {
    this.asked = null;
    clearTimeout(this.timer);
    globalThis.speechSynthesis?.cancel();
    this.digits = null;
    this.box.hidden = true;
  }

  /** Digit by digit, with a pause after every four, slowly enough to write along. */
  readAloud() {
    if (!this.digits) return;
    const groups = twenty.spoken(this.digits).split(" ");
    const said = groups.map((group) => [...group].map((digit) => SPOKEN[language()][digit]).join(" ")).join("， ");
    const speech = new SpeechSynthesisUtterance(said);
    speech.lang = language() === "en" ? "en-GB" : "zh-CN";
    speech.rate = 0.8;
    speechSynthesis.cancel();
    speechSynthesis.speak(speech);
  }

  #show(digits, endsAt) {
    this.digits = digits;
    $(".twenty", this.box).textContent = twenty.spoken(digits);
    $("[data-until]", this.box).textContent = say("digits.until", { when: clockTime(endsAt / 1000) });
    this.box.hidden = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.hide();
      complain(this.section, say("digits.over"), "attention");
    }, Math.min(180_000, Math.max(0, endsAt - this.clock.milliseconds())));
  }
}
