/**
 * The keys of this phone and the city's certificates for them.
 *
 * Each day ahead has a key of its own, which cannot be exported, and a pass id of its own, so that two days' codes
 * cannot be linked. A week's worth is kept, so the code is there without network for a week.
 */
import { call, newKey, statement } from "/static/js/api.js";
import { readCertificate, windows } from "/static/js/hp1/hp1.js";
import { fromBase64url, readUnverified } from "/static/js/jwt.js";
import { isAnswer } from "./asking.js";

const DAY = windows.CERTIFICATE_LIFE;
const AHEAD = 7 * DAY;
const WORTH_ASKING = DAY / 4; // less than this to gain is not worth a request
const P256 = { name: "ECDSA", namedCurve: "P-256" };

export class Passes {
  constructor(store, clock) {
    this.store = store;
    this.clock = clock;
  }

  /** The pass to show now for this resident, or undefined. Of two that overlap, the one that began later. */
  async current(residentId) {
    const now = this.clock.now();
    const good = (await this.#of(residentId)).filter((pass) => pass.begins < now && now <= pass.exp);
    return good.at(-1);
  }

  /** Until when the code can be shown without network: the end of the unbroken row of certificates, or null. */
  async until(residentId) {
    const now = this.clock.now();
    let end = null;
    for (const { begins, exp } of await this.#of(residentId)) {
      if (begins < (end ?? now) && exp >= now) end = Math.max(end ?? 0, exp);
    }
    return end;
  }

  /** Forget what has ended or was stopped, and fetch what is missing for the week ahead. Throws ApiProblem or Offline. */
  async refill(residentId) {
    await this.#forgetEnded(this.clock.now()).catch(() => {}); // next time, then
    const unanswered = await this.store.get("facts", questionOf(residentId));
    if (unanswered) await this.#ask(residentId, unanswered);
    await this.#forgetStopped(residentId);
    const starts = await this.#missing(residentId);
    if (starts.length) await this.#ask(residentId, await this.#question(residentId, starts));
  }

  /** Drop every pass of this resident: the right to show them has ended, or they were stopped. */
  async forget(residentId) {
    await this.#drop(await this.#of(residentId));
    await this.store.remove("facts", [questionOf(residentId)]);
  }

  async #missing(residentId) {
    const now = this.clock.now();
    const starts = [];
    for (let from = Math.max(now, (await this.until(residentId)) ?? now); from < now + AHEAD - WORTH_ASKING; from += DAY) {
      starts.push(from);
    }
    return starts;
  }

  /**
   * Written down before it is asked, and asked in the same words until it is answered: with new keys each time, lost
   * answers would use up the codes that a resident may have alive.
   */
  async #question(residentId, starts) {
    const pairs = await Promise.all(starts.map(() => crypto.subtle.generateKey(P256, false, ["sign", "verify"])));
    const keys = await Promise.all(pairs.map((pair, at) => wanted(pair.publicKey, starts[at])));
    const question = { key: newKey(), body: { keys }, privateKeys: pairs.map((pair) => pair.privateKey) };
    await this.store.put("facts", question, questionOf(residentId));
    return question;
  }

  async #ask(residentId, { key, body, privateKeys }) {
    const answered = () => this.store.remove("facts", [questionOf(residentId)]);
    const { passes } = await call("POST", `/residents/${residentId}/passes`, { body, key }).catch(async (error) => {
      if (isAnswer(error)) await answered();
      throw error;
    });
    for (const [at, issued] of passes.entries()) await this.#keep(residentId, issued, privateKeys[at]);
    await answered();
  }

  /** What was stopped on another device or at a desk, and what a leaked key certified: shown, it would only be refused. */
  async #forgetStopped(residentId) {
    const kept = await this.#of(residentId); // before asking: what another tab fetches meanwhile is not ours to judge
    if (!kept.length) return;
    const [{ items }, published] = await Promise.all([call("GET", `/residents/${residentId}/codes`), statement("keys")]);
    const alive = new Set(items.map((code) => code.id));
    const now = this.clock.now();
    const inForce = readUnverified(published).keys.filter((key) => key.use === "pass" && now < key.exp);
    const kids = new Set(inForce.map((key) => Number.parseInt(key.kid, 16)));
    await this.#drop(kept.filter((pass) => !alive.has(pass.passId) || !kids.has(readCertificate(pass.certificate).kid)));
  }

  async #drop(passes) {
    if (passes.length) await this.store.remove("passes", passes.map((pass) => pass.passId));
  }

  async #keep(residentId, { pass_id: passId, certificate }, key) {
    const bytes = fromBase64url(certificate);
    const { exp } = readCertificate(bytes);
    await this.store.put("passes", { passId, residentId, certificate: bytes, begins: windows.certificateBegins(exp), exp, key });
  }

  async #of(residentId) {
    const all = (await this.store.all("passes")).filter((pass) => pass.residentId === residentId);
    return all.sort((one, other) => one.exp - other.exp);
  }

  async #forgetEnded(now) {
    await this.#drop((await this.store.all("passes")).filter((pass) => pass.exp < now));
  }
}

const questionOf = (residentId) => `asked ${residentId}`;

async function wanted(publicKey, from) {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  return { public_key: { kty, crv, x, y }, valid_from: new Date(from * 1000).toISOString() };
}

/** Whether this browser can keep a key that cannot be exported. If not, the city makes tickets. */
export async function canKeepKeys(store) {
  if (!store || !globalThis.crypto?.subtle) return false;
  try {
    if ((await store.all("passes")).length) return true;
    const { privateKey } = await crypto.subtle.generateKey(P256, false, ["sign", "verify"]);
    await store.put("probe", privateKey, "key");
    const kept = await store.get("probe", "key");
    return kept instanceof CryptoKey && !kept.extractable;
  } catch {
    return false;
  }
}
