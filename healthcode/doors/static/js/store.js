/** IndexedDB in a few verbs. Keys that cannot be exported, certificates and what waits to be sent live here. */

const CODES_OF_ABSENCE = ["SecurityError", "InvalidStateError", "UnknownError"];

/** The browser keeps nothing (a private window, an old web view): pages then do without. */
export class NoStore extends Error {}

/**
 * @param {string} name of the database
 * @param {Record<string, IDBObjectStoreParameters>} shelves by name; `null` for keys that stand beside the value
 */
export async function openStore(name, shelves) {
  const open = () => opened(name, shelves);
  return new Store(await open(), open);
}

function opened(name, shelves) {
  return new Promise((resolve, reject) => {
    if (!globalThis.indexedDB) return reject(new NoStore());
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => {
      for (const [shelf, keys] of Object.entries(shelves)) opening.result.createObjectStore(shelf, keys ?? undefined);
    };
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(CODES_OF_ABSENCE.includes(opening.error?.name) ? new NoStore() : opening.error);
  });
}

export class Store {
  /** @param {() => Promise<IDBDatabase>} open the way to it once more, should the browser close it */
  constructor(database, open) {
    this.open = open;
    this.#use(database);
  }

  get(shelf, key) {
    return this.#on(shelf, "readonly", (rows) => rows.get(key));
  }

  all(shelf) {
    return this.#on(shelf, "readonly", (rows) => rows.getAll());
  }

  /** On disk when the promise resolves. `key` only for shelves whose keys stand beside the value. */
  put(shelf, value, key) {
    return this.#on(shelf, "readwrite", (rows) => rows.put(value, key));
  }

  /** A mere fact, kept if it can be: a full store may cost the next start something, never this one. */
  jot(shelf, value, key) {
    return this.put(shelf, value, key).catch(() => {});
  }

  /** True if the key was new; false, and nothing changed, if it was taken. The insertion is the check. */
  async add(shelf, value, key) {
    try {
      await this.#on(shelf, "readwrite", (rows) => rows.add(value, key));
      return true;
    } catch (error) {
      if (error?.name === "ConstraintError") return false;
      throw error;
    }
  }

  remove(shelf, keys) {
    return this.#on(shelf, "readwrite", (rows) => keys.map((key) => rows.delete(key)).at(-1));
  }

  /**
   * Several verbs in one transaction: all of it is on disk when the promise resolves, or none. `deed` gets `get`, `all`,
   * `put` and `remove` and may await nothing else, or the browser ends the transaction under it.
   */
  together(shelves, deed) {
    return this.#in(shelves, "readwrite", (transaction) => {
      const on = (act) => (shelf, ...asked) => answered(act(transaction.objectStore(shelf), ...asked));
      const done = deed({
        get: on((rows, key) => rows.get(key)),
        all: on((rows) => rows.getAll()),
        put: on((rows, value, key) => rows.put(value, key)),
        remove: on((rows, keys) => keys.map((key) => rows.delete(key)).at(-1)),
      });
      const outcome = {};
      done.then(
        (result) => { outcome.result = result; },
        (error) => { outcome.error = error; transaction.abort(); },
      );
      return outcome;
    });
  }

  clear() {
    const shelves = [...this.database.objectStoreNames];
    return Promise.all(shelves.map((shelf) => this.#on(shelf, "readwrite", (rows) => rows.clear())));
  }

  #on(shelf, mode, act) {
    return this.#in(shelf, mode, (transaction) => act(transaction.objectStore(shelf)));
  }

  /** Once more where the browser closed the database under us, as it does when another tab has it clear everything. */
  async #in(shelves, mode, act) {
    try {
      return await this.#once(shelves, mode, act);
    } catch (error) {
      if (error?.name !== "InvalidStateError") throw error;
      this.opening ??= this.open().finally(() => { this.opening = null; });
      this.#use(await this.opening);
      return this.#once(shelves, mode, act);
    }
  }

  #use(database) {
    this.database = database;
    database.onversionchange = () => database.close();
  }

  #once(shelves, mode, act) {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(shelves, mode, { durability: "strict" });
      const request = act(transaction);
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = () => reject(transaction.error ?? request?.error);
    });
  }
}

function answered(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
