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
   * @param {(notable: Array<{item: object, result: object}>) => Promise<void>} onNotable gets the readings that the
   *   service did not simply accept, batch by batch: before a batch is done, lest the line goes in between
   */
  send(onNotable) {
    this.sending ??= alone(() => this.#sendAll(onNotable)).finally(() => { this.sending = null; });
    return this.sending;
  }

  async #sendAll(onNotable) {
    for (let batch = await this.#next(); batch; batch = await this.#next()) {
      const items = batch.items.map(({ n, ...item }) => item);
      const body = { sequence: batch.sequence, count: items.length, hash: await hashOf(items), items };
      const { results } = await this.device.call("POST", "/verifications/batch", { body, patience: 30_000 });
      const judged = results.map((result, at) => ({ item: items[at], result }));
      const notable = judged.filter(({ result }) => result.status === "conflict" || result.status === "refused");
      if (notable.length) await onNotable(notable);
      await this.#done(batch);
    }
  }

  /** The batch that was begun, by whichever tab, or a new one of what waits; null when nothing does. */
  #next() {
    return this.store.together(["facts", "waiting"], async (shelves) => {
      const begun = await shelves.get("facts", "batch");
      if (begun) return begun;
      const items = (await shelves.all("waiting")).slice(0, MOST);
      if (!items.length) return null;
      const batch = { sequence: ((await shelves.get("facts", "sequence")) ?? 0) + 1, items };
      await shelves.put("facts", batch, "batch");
      return batch;
    });
  }

  /** Another tab may have been quicker and be at a later batch: then its number and its batch stay. */
  #done(batch) {
    return this.store.together(["facts", "waiting"], async (shelves) => {
      await shelves.remove("waiting", batch.items.map((item) => item.n));
      const [sequence, begun] = [(await shelves.get("facts", "sequence")) ?? 0, await shelves.get("facts", "batch")];
      await shelves.put("facts", Math.max(sequence, batch.sequence), "sequence");
      if (begun?.sequence === batch.sequence) await shelves.remove("facts", ["batch"]);
    });
  }
}

/** One tab sends at a time: two different batches under one number would stop this device as forked. */
function alone(deed) {
  const locks = globalThis.navigator?.locks; // an old browser has none
  return locks ? locks.request("healthcode-upload", deed) : deed();
}

/** Hex SHA-256 of the texts joined by newlines. */
async function hashOf(items) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(items.map((item) => item.text).join("\n")));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
