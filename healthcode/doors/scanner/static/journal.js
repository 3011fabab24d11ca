/**
 * What was verified without a line, kept on disk until the service has it.
 *
 * Readings go in numbered batches, 1, 2, 3 …; a batch is written down before it is sent and sent unchanged until it is
 * answered, so a lost answer repeats nothing and loses nothing.
 */

const MOST = 100; // readings in a batch

export class Journal {
  /** @param {object} store with shelves "waiting" (autoIncrement key `n`) and "facts" */
  constructor(store, device) {
    this.store = store;
    this.device = device;
  }

  keep(item) {
    const whole = Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));
    return this.store.put("waiting", whole);
  }

  async count() {
    return (await this.store.all("waiting")).length;
  }

  /**
   * Send everything that waits. Throws ApiProblem or Offline, and nothing is lost.
   * @returns {Promise<Array<{item: object, result: object}>>} readings that the service did not simply accept
   */
  async send() {
    this.sending ??= this.#sendAll().finally(() => { this.sending = null; });
    return this.sending;
  }

  async #sendAll() {
    const notable = [];
    for (;;) {
      const batch = await this.#next();
      if (!batch) return notable;
      const items = batch.items.map(({ n, ...item }) => item);
      const body = { sequence: batch.sequence, count: items.length, hash: await hashOf(items), items };
      const { results } = await this.device.call("POST", "/verifications/batch", { body, patience: 30_000 });
      results.forEach((result, at) => {
        if (result.status === "conflict" || result.status === "refused") notable.push({ item: items[at], result });
      });
      await this.#done(batch);
    }
  }

  /** The batch that was begun, or a new one of what waits; null when nothing does. */
  async #next() {
    const begun = await this.store.get("facts", "batch");
    if (begun) return begun;
    const items = (await this.store.all("waiting")).slice(0, MOST);
    if (!items.length) return null;
    const batch = { sequence: ((await this.store.get("facts", "sequence")) ?? 0) + 1, items };
    await this.store.put("facts", batch, "batch");
    return batch;
  }

  /** The number is spent first: should the power go in between, the same batch is sent once more and known again. */
  async #done(batch) {
    await this.store.remove("waiting", batch.items.map((item) => item.n));
    await this.store.put("facts", batch.sequence, "sequence");
    await this.store.remove("facts", ["batch"]);
  }
}

/** Hex SHA-256 of the texts joined by newlines. */
async function hashOf(items) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(items.map((item) => item.text).join("\n")));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
