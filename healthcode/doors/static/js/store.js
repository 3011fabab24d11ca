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
    return this.#in(shelf, "readonly", (rows) => rows.get(key));
  }

  all(shelf) {
    return this.#in(shelf, "readonly", (rows) => rows.getAll());
  }

  /** On disk when the promise resolves. `key` only for shelves whose keys stand beside the value. */
  put(shelf, value, key) {
    return this.#in(shelf, "readwrite", (rows) => rows.put(value, key));
  }

  /** A mere fact, kept if it can be: a full store may cost the next start something, never this one. */
  jot(shelf, value, key) {
    return this.put(shelf, value, key).catch(() => {});
  }

  /** True if the key was new; false, and nothing changed, if it was taken. The insertion is the check. */
  async add(shelf, value, key) {
    try {
      await this.#in(shelf, "readwrite", (rows) => rows.add(value, key));
      return true;
    } catch (error) {
      if (error?.name === "ConstraintError") return false;
      throw error;
    }
  }

  remove(shelf, keys) {
    return this.#in(shelf, "readwrite", (rows) => keys.map((key) => rows.delete(key)).at(-1));
  }

  clear() {
    const shelves = [...this.database.objectStoreNames];
    return Promise.all(shelves.map((shelf) => this.#in(shelf, "readwrite", (rows) => rows.clear())));
  }

  /** Once more where the browser closed the database under us, as it does when another tab has it clear everything. */
  async #in(shelf, mode, act) {
    try {
      return await this.#once(shelf, mode, act);
    } catch (error) {
      if (error?.name !== "InvalidStateError") throw error;
      this.opening ??= this.open().finally(() => { this.opening = null; });
      this.#use(await this.opening);
      return this.#once(shelf, mode, act);
    }
  }

  #use(database) {
    this.database = database;
    database.onversionchange = () => database.close();
  }

  #once(shelf, mode, act) {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(shelf, mode, { durability: "strict" });
      const request = act(transaction.objectStore(shelf));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = () => reject(transaction.error ?? request?.error);
    });
  }
}
