/**
 * The city's time. Phones and scanners never rely on their own clock: they keep its offset to the server's.
 *
 * `isTrusted` is what a scanner without a line asks: true while this page has heard a signed time and, since then, the
 * machine's clock and its monotonic counter have told the same story. A clock that was set, a machine that slept, a page
 * that was opened without network: not trusted until the server has been heard again.
 */
/** As long as that on the whole, and never for two devices the same: half of it more or less. What all did at eight
    o'clock they shall not all do again at the same second. */
export function spread(time) {
  return time * (0.5 + Math.random());
}

const MAX_ROUND_TRIP = 10_000; // ms; beyond it the answer says too little about now
const MAX_DRIFT = 2_000; // ms between the two clocks
const MAX_SILENCE = 24 * 3600_000; // ms; crystals drift

export class ServerClock {
  /**
   * @param {() => Promise<{now_ms: number}>} ask the server's signed time, read
   * @param {number} offset ms, kept from an earlier day
   */
  constructor(ask, offset = 0) {
    this.ask = ask;
    this.offset = offset;
    this.heard = null;
  }

  /** Whole seconds. */
  now() {
    return Math.floor(this.milliseconds() / 1000);
  }

  milliseconds() {
    return Date.now() + this.offset;
  }

  get isTrusted() {
    if (!this.heard) return false;
    const byClock = Date.now() - this.heard.clock;
    const byCounter = performance.now() - this.heard.counter;
    return Math.abs(byClock - byCounter) < MAX_DRIFT && byCounter < MAX_SILENCE;
  }

  /** Ask once. Throws what asking throws; a slow answer changes nothing. Returns the offset in ms. */
  async sync() {
    const [clock, counter] = [Date.now(), performance.now()];
    const { now_ms: said } = await this.ask();
    const trip = performance.now() - counter;
    if (trip <= MAX_ROUND_TRIP && Number.isSafeInteger(said)) {
      this.offset = said - (clock + trip / 2);
      this.heard = { clock: clock + trip, counter: counter + trip };
    }
    return this.offset;
  }
}
