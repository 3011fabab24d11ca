/**
 * What to say about a text that was read: asked of the service while there is a line, judged here while there is none.
 *
 * Without a line nothing is ever sure: the name is not known, a code stopped an hour ago may not be on the list, another
 * offline scanner may have taken the same showing. So the answer is amber, says why, and how old the list is.
 */
import { ApiProblem, Offline } from "/static/js/api.js";
import { Refusal, digits, hex, memoryOf, read, verify } from "/static/js/hp1/hp1.js";

const LONGEST = 512; // characters of any code, HP1 step 1
const PATIENCE = 5000; // ms; then the queue goes on without the line
/** These steps ask for a code that was made for this station. */
export const VALUABLE = new Set(["pay", "collect", "release-records"]);

export class Judge {
  constructor({ device, lists, clock, store, journal }) {
    Object.assign(this, { device, lists, clock, store, journal });
  }

  /**
   * @param {string} text what was read or typed
   * @param {{step: string, challenge?: object|null, secondCheck?: object|null}} asked
   * @returns {Promise<{kind: "known"|"offline"|"refused", [more: string]: any}>} never throws for any text
   */
  async judge(text, { step, challenge = null, secondCheck = null }) {
    if (text.length > LONGEST) return { kind: "refused", slug: "code-unreadable", isUnasked: true }; // not worth a question
    try {
      const verification = await this.#ask(text, step, challenge, secondCheck);
      await this.#remember(text, challenge).catch(() => {}); // a full store makes nobody less known
      return { kind: "known", verification };
    } catch (error) {
      if (error.status === 401) return { kind: "refused", slug: "device-stopped", problem: error };
      if (error instanceof ApiProblem && !isAway(error)) return this.#refused(text, error);
      if (!(error instanceof Offline) && !(error instanceof ApiProblem)) throw error;
      return this.#withoutLine(text, step, challenge);
    }
  }

  #ask(text, step, challenge, secondCheck) {
    const body = { code: text, step };
    if (challenge) body.challenge = challenge.text;
    if (secondCheck) body.second_check = secondCheck;
    return this.device.call("POST", "/verifications", { body, patience: PATIENCE });
  }

  /** What was taken online is not taken again here should the line go the next moment. */
  async #remember(text, challenge) {
    const keys = [showingIn(text)?.replayKey, challenge && requestKey(challenge)].filter(Boolean);
    for (const key of keys) await this.#isFirst(key, this.clock.now());
  }

  /** The insertion into the memory is the check. */
  #isFirst(key, now) {
    return this.store.add("seen", { key, at: now });
  }

  #refused(text, problem) {
    return { kind: "refused", slug: problem.slug, problem, age: this.#ageOf(text) };
  }

  async #withoutLine(text, step, challenge) {
    const now = this.clock.now();
    try {
      if (/^[0-9]+$/.test(text)) return { kind: "refused", slug: digits.read(text) && "offline-digits" };
      if (!this.lists.table) return { kind: "refused", slug: read(text) && "offline-cannot" };
      if (VALUABLE.has(step) && !challenge && read(text).form !== "card") return { kind: "refused", slug: "challenge-needed" };
      const audience = challenge ? { aud: challenge.stationId, cnonce: challenge.cnonce } : undefined;
      const verified = await verify(text, { keys: this.lists.table, now, issuer: this.lists.issuer, audience });
      if (this.lists.isRevoked(verified.revocationPrefixes)) return { kind: "refused", slug: "code-revoked" };
      // A card is no showing and may be read again.
      const isNew = verified.replayKey === null || (await this.#isFirst(verified.replayKey, now));
      if (!isNew) return { kind: "refused", slug: "code-already-used" };
      const isUnanswered = !challenge || (await this.#isFirst(requestKey(challenge), now));
      if (!isUnanswered) return { kind: "refused", slug: "challenge-mismatch" };
      await this.journal.keep({ text, read_at: new Date(now * 1000).toISOString(), step, challenge: challenge?.text });
      return { kind: "offline", form: verified.form, doubts: this.#doubts(verified.form, now), madeAt: this.lists.madeAt };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { isTrusted } = this.clock; // how old it is says a clock that may itself be wrong
      return { kind: "refused", slug: error.slug, age: isTrusted ? this.#ageOf(text) : null, isClockInDoubt: !isTrusted };
    }
  }

  /** Why this reading is less sure than it might be, the weightiest first. */
  #doubts(form, now) {
    const doubts = [];
    if (this.lists.madeAt === null) doubts.push("nolist");
    else if (!this.lists.isFresh(now)) doubts.push("stale");
    if (!this.clock.isTrusted) doubts.push("clock");
    if (form === "card") doubts.push("card");
    return doubts;
  }

  /** How old a showing is, in seconds, if the text is one. */
  #ageOf(text) {
    const showing = showingIn(text);
    return showing?.replayKey ? this.clock.now() - showing.moment : null;
  }
}

/** A request is answered once, also by a phone that signs a new answer every 15 seconds. */
function requestKey(challenge) {
  return `request ${hex(challenge.cnonce)}`;
}

/** What a text says of itself, unproved; null if it is no code. */
export function showingIn(text) {
  try {
    return memoryOf(read(text));
  } catch {
    return null;
  }
}

/** The service is there but cannot answer now: as good as no line. */
function isAway(problem) {
  return problem.status >= 500;
}
