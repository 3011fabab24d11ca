/**
 * What lets a scanner work without a line: the city's keys and the revocation list, signed, kept, and their age.
 *
 * The trust begins with the keys that the scanner was given when it was enrolled ("pinned"). A key set signed by one of
 * them may name further ones, published well before they sign.
 */
import { statement } from "./api.js";
import { hex, keyTable } from "./hp1/hp1.js";
import { fromBase64url, readStatement, verifiers } from "./jwt.js";

/** Seconds; a list older than this is stale, and nothing it says is shown as sure. */
export const FRESH_FOR = 24 * 3600;
const PREFIX = 8; // bytes of an id in the list

export class Lists {
  /** @param {object} store with a shelf "facts" @param {Array<object>} pinned public JWKs */
  constructor(store, pinned) {
    this.store = store;
    this.pinned = pinned;
    this.keys = null;
    this.revocations = null;
    this.stopped = new Set();
  }

  /** Take up what was kept on this device. */
  async load() {
    this.pinned = (await this.store.get("facts", "lists-keys")) ?? this.pinned;
    this.verifiers = await verifiers(this.pinned);
    await this.#useKeys(await this.store.get("facts", "keys"));
    this.#useRevocations(await this.store.get("facts", "revocations"));
  }

  /** Fetch both lists, verify them, keep them. Throws Offline, ApiProblem or BadStatement; what was kept then stays. */
  async refresh() {
    const keys = await this.read("keys", await statement("keys"));
    if (!this.keys || keys.iat >= this.keys.iat) {
      await this.#pin(keys.keys.filter((key) => key.use === "lists"));
      await this.store.put("facts", keys, "keys");
      await this.#useKeys(keys);
    }
    const kept = this.revocations;
    const change = await this.read("revocations", await statement("revocations", kept ? `?since=${kept.version}` : ""));
    const revocations = merged(kept, change);
    await this.store.put("facts", revocations, "revocations");
    this.#useRevocations(revocations);
  }

  /** The claims of one of the city's statements. */
  read(name, text) {
    return readStatement(text, { typ: `healthcode-${name}+jwt`, keys: this.verifiers });
  }

  isRevoked(prefixes) {
    return prefixes.some((prefix) => this.stopped.has(prefix));
  }

  /** When the older of the two lists was made (seconds), or null while one is missing. */
  get madeAt() {
    return this.keys && this.revocations ? Math.min(this.keys.iat, this.revocations.iat) : null;
  }

  isFresh(now) {
    return this.madeAt !== null && now - this.madeAt <= FRESH_FOR;
  }

  async #useKeys(keys) {
    if (!keys) return;
    this.table = await keyTable(keys.keys);
    this.keys = keys;
    this.issuer = keys.iss;
  }

  #useRevocations(revocations) {
    if (!revocations) return;
    this.revocations = revocations;
    this.stopped = prefixesIn(revocations.ids);
  }

  async #pin(published) {
    if (!published.length) return;
    this.pinned = published;
    this.verifiers = await verifiers(published);
    await this.store.put("facts", published, "lists-keys");
  }
}

/** The list after a change, which is either a whole new list or what came and what died since our version. */
export function merged(kept, change) {
  const { version, iat } = change;
  if (change.since === null || change.since === undefined) return { version, iat, ids: fromBase64url(change.ids) };
  if (!kept || change.since !== kept.version) throw new Error("a change to a list that is not ours");
  const ids = prefixesIn(kept.ids);
  for (const prefix of prefixesIn(fromBase64url(change.removed))) ids.delete(prefix);
  for (const prefix of prefixesIn(fromBase64url(change.ids))) ids.add(prefix);
  const bytes = [...ids].sort().flatMap((prefix) => prefix.match(/../g).map((byte) => Number.parseInt(byte, 16)));
  return { version, iat, ids: Uint8Array.from(bytes) };
}

function prefixesIn(bytes) {
  const found = new Set();
  for (let at = 0; at + PREFIX <= bytes.length; at += PREFIX) found.add(hex(bytes.subarray(at, at + PREFIX)));
  return found;
}
