/** Why a text was not taken. Whatever is read, only a Refusal is thrown. */
export class Refusal extends Error {
  /**
   * @param {string} slug the problem that a person may be shown
   * @param {string} why a fixed phrase for the record; it never repeats what was read
   */
  constructor(slug, why) {
    super(why);
    this.name = "Refusal";
    this.slug = slug;
    this.why = why;
  }
}

export const unreadable = (why) => new Refusal("code-unreadable", why);
export const notOurs = (why) => new Refusal("code-not-ours", why);
/** Our key is named, the signature is not its. A forger is told the same as a stranger. */
export const forged = notOurs;
export const notReady = (why) => new Refusal("code-not-ready", why);
export const expired = (why) => new Refusal("code-expired", why);
export const challengeMismatch = (why) => new Refusal("challenge-mismatch", why);
