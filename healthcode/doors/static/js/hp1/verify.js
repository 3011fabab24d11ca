/**
 * The whole order of checks, from a stranger's text to a decision.
 *
 * length → prefix → base45 → CBOR → form → known key, pinned to form, algorithm and dates → certificate: signature,
 * then window → phone's signature → moment → audience. What needs a memory, revocation and replay, is the caller's:
 * the result says what to ask for, and is not accepted before both were asked.
 */
import * as cose from "./cose.js";
import { UNBOUND, read, readStationRequest } from "./forms.js";
import { publicKey } from "./phone_key.js";
import { challengeMismatch, forged, notOurs } from "./refusals.js";
import * as windows from "./windows.js";

const P256 = { name: "ECDSA", namedCurve: "P-256" };
const FORMS = ["pass", "ticket", "card"];

/**
 * The table of the city's keys: kid (one byte) → key, for one form, between two moments.
 * @param {Array<{kid: string, use: string, alg: string, kty: string, crv: string, x: string, y: string,
 *   nbf: number, exp?: number|null}>} published public JWKs; those for other uses than codes are passed over
 */
export async function keyTable(published) {
  const table = new Map();
  for (const key of published) {
    if (!FORMS.includes(key.use)) continue;
    if (key.alg !== "ES256" || !/^[0-9a-f]{2}$/.test(key.kid)) throw new TypeError("not a key for codes");
    const kid = Number.parseInt(key.kid, 16);
    if (table.has(kid)) throw new TypeError("two keys under one kid");
    const jwk = { kty: key.kty, crv: key.crv, x: key.x, y: key.y };
    const verifier = await crypto.subtle.importKey("jwk", jwk, P256, false, ["verify"]);
    table.set(kid, { form: key.use, verifier, nbf: key.nbf, exp: key.exp ?? Infinity });
  }
  return table;
}

/**
 * Judge `text` at `now` (whole seconds), or throw a Refusal; nothing else is thrown for any `text`.
 *
 * With an `audience` ({aud, cnonce} of a station's request) only a pass signed for that very request is taken;
 * without one, a pass that was signed for a station is refused, because it was not meant for you.
 */
export async function verify(text, { keys, now, issuer = null, audience = UNBOUND }) {
  const code = read(text);
  if (code.form === "pass") {
    await judgePass(code, keys, now, issuer);
    judgeAudience(code.audience, audience);
    return { form: code.form, code, ...memoryOf(code) };
  }
  const key = findKey(code.kid, code.form, code.iss, now, keys, issuer);
  if (!(await cose.isSignedBy(code.envelope, key.verifier))) throw forged("not signed by this key");
  if (code.form === "ticket") windows.judgeTicket(code.exp, now);
  else {
    windows.judgeCard(code.iat, now);
    if (code.iat < key.nbf) throw notOurs("made before its key was in force");
  }
  judgeAudience(UNBOUND, audience);
  return { form: code.form, code, ...memoryOf(code) };
}

/** The request that the holder of this device key signed within the last three minutes; a Refusal for any other. */
export async function verifyStationRequest(text, { deviceKey, now }) {
  const request = readStationRequest(text);
  if (!(await cose.isSignedBy(request.envelope, deviceKey))) throw forged("not signed by this device");
  windows.judgeRequest(request.iat, now);
  return request;
}

async function judgePass(code, keys, now, issuer) {
  const { certificate } = code;
  const key = findKey(certificate.kid, "pass", certificate.iss, code.iat, keys, issuer);
  if (!(await cose.isSignedBy(certificate.envelope, key.verifier))) throw forged("certificate not signed by this key");
  windows.judgeCertificate(certificate.exp, code.iat);
  const phone = await publicKey(certificate.phone);
  if (!(await cose.isSignedBy(code.envelope, phone))) throw forged("not signed by this phone");
  windows.judgeShowing(code.iat, now);
}

function findKey(kid, form, iss, moment, keys, issuer) {
  if (issuer !== null && iss !== issuer) throw notOurs("another city");
  const key = keys.get(kid);
  if (!key) throw notOurs("unknown key");
  if (key.form !== form) throw notOurs("a key for another form");
  if (moment < key.nbf || moment >= key.exp) throw notOurs("a key out of its dates");
  return key;
}

function judgeAudience(signedFor, expected) {
  const isSame = signedFor.aud === expected.aud && hex(signedFor.cnonce) === hex(expected.cnonce);
  if (isSame) return;
  const isElsewhere = signedFor.cnonce && signedFor.aud !== expected.aud;
  throw challengeMismatch(isElsewhere ? "signed for another station" : "not the answer to this request");
}

/**
 * What is asked of a memory about a code that was read: revoked? shown before? All in hexadecimal.
 *
 * `replayKey` is what may be taken once (null for a card, which is no showing), never a hash of the text: ECDSA
 * signatures are malleable, and other texts carry the same showing. One of `revocationPrefixes` found in the list is
 * enough to refuse.
 */
export function memoryOf(code) {
  const subject = hex(code.certificate?.passId ?? code.passId ?? code.cardId);
  const moment = code.form === "ticket" ? code.exp - windows.SHOWING_AGE : code.iat;
  const ticketId = code.form === "ticket" ? hex(code.ticketId) : null;
  const showing = subject + BigInt(moment).toString(16).padStart(16, "0");
  const revocationPrefixes = [subject.slice(0, 16), ...(ticketId ? [ticketId] : [])];
  return { subject, moment, replayKey: { pass: showing, ticket: ticketId, card: null }[code.form], revocationPrefixes };
}

export function hex(bytes) {
  return bytes ? Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("") : "";
}
