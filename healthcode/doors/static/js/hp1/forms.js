/** The forms of the code: what each holds, how it is written, how it is read. Reading proves nothing: see verify.js. */
import * as base45 from "./base45.js";
import * as cbor from "./cbor.js";
import * as cose from "./cose.js";
import { ALG, ES256, KCWT, KID, TYP } from "./cose.js";
import { fromConfirmation } from "./phone_key.js";
import { notOurs, unreadable } from "./refusals.js";

const CODE = "HP1:";
const STATION_REQUEST = "HPS1:";
const MAX_TEXT = 512;
const [ISS, SUB, AUD, EXP, IAT, CTI, CNF, CNONCE] = [1, 2, 3, 4, 6, 7, 8, 39];
/** application/kb+cwt: what a showing says it is. */
const KEY_BOUND_CWT = 294;
const REQUEST_TYPE = "hps1";
const [STATION_ID, STATION_NAME] = [2, 3];
const ANYONE = "h";
const MAX_NAME = 40;

/** For whom a showing was signed when it was signed for nobody in particular. */
export const UNBOUND = Object.freeze({ aud: ANYONE, cnonce: null });

/**
 * A showing, as the phone writes it.
 * @param {{certificate: Uint8Array, iat: number, key: CryptoKey, audience?: {aud: string, cnonce: Uint8Array|null}}} showing
 */
export async function writePass({ certificate, iat, key, audience = UNBOUND }) {
  const payload = new Map([[AUD, audience.aud], [IAT, moment(iat)]]);
  if (audience.cnonce) payload.set(CNONCE, sized(audience.cnonce, 8));
  readAudience(payload);
  const head = new Map([[ALG, ES256], [KCWT, cbor.decode(certificate)], [TYP, KEY_BOUND_CWT]]);
  return wrap(cbor.encode(await cose.build(head, payload, key)), CODE);
}

/** What a scanner shows; `key` is the device's, `cnonce` 8 bytes drawn for this one request. */
export async function writeStationRequest({ stationId, stationName, iat, cnonce, key }) {
  const payload = new Map([
    [STATION_ID, station(stationId)],
    [STATION_NAME, name(stationName)],
    [IAT, moment(iat)],
    [CNONCE, sized(cnonce, 8)],
  ]);
  const head = new Map([[ALG, ES256], [TYP, REQUEST_TYPE]]);
  return wrap(cbor.encode(await cose.build(head, payload, key)), STATION_REQUEST);
}

/** The code in `text`, if its shape is exact: nothing more in any map, nothing less. Throws a Refusal. */
export function read(text) {
  const envelope = cose.open(cbor.decode(unwrap(text, CODE)));
  const head = cbor.decodeMap(envelope.head);
  const payload = cbor.decodeMap(envelope.payload);
  if (has(head, [ALG, KCWT, TYP])) return readPass(head, payload, envelope);
  if (has(payload, [ISS, SUB, EXP, CTI])) return readTicket(head, payload, envelope);
  return readCard(head, payload, envelope);
}

/** @returns {{stationId: string, stationName: string, iat: number, cnonce: Uint8Array, envelope: object}} */
export function readStationRequest(text) {
  const envelope = cose.open(cbor.decode(unwrap(text, STATION_REQUEST)));
  const head = cbor.decodeMap(envelope.head);
  const payload = cbor.decodeMap(envelope.payload);
  exactly(head, [ALG, TYP]);
  is(head.get(ALG), ES256);
  is(head.get(TYP), REQUEST_TYPE);
  exactly(payload, [STATION_ID, STATION_NAME, IAT, CNONCE]);
  return {
    stationId: station(payload.get(STATION_ID)),
    stationName: name(payload.get(STATION_NAME)),
    iat: moment(payload.get(IAT)),
    cnonce: sized(payload.get(CNONCE), 8),
    envelope,
  };
}

/** The moments and the pass id inside a certificate, which the phone need not verify to show it. */
export function readCertificate(bytes) {
  return certificateIn(cbor.decode(bytes));
}

function wrap(bytes, prefix) {
  const text = prefix + base45.encode(bytes);
  if (text.length > MAX_TEXT) throw new RangeError("longer than a code may be");
  return text;
}

function unwrap(text, prefix) {
  // Length is counted in characters, not in UTF-16 halves, so that every implementation draws the line alike.
  if (typeof text !== "string" || (text.length > MAX_TEXT && [...text].length > MAX_TEXT)) throw unreadable("too long");
  if (!text.startsWith(prefix)) throw notOurs("another prefix");
  if (text.length === prefix.length) throw unreadable("not base45");
  return base45.decode(text.slice(prefix.length));
}

function readPass(head, payload, envelope) {
  is(head.get(ALG), ES256);
  is(head.get(TYP), KEY_BOUND_CWT);
  const certificate = certificateIn(head.get(KCWT));
  const audience = readAudience(payload);
  return { form: "pass", certificate, audience, iat: moment(payload.get(IAT)), envelope };
}

function certificateIn(value) {
  const envelope = cose.open(value);
  const kid = readKid(cbor.decodeMap(envelope.head));
  const payload = cbor.decodeMap(envelope.payload);
  exactly(payload, [ISS, SUB, EXP, CNF]);
  const phone = fromConfirmation(payload.get(CNF));
  const [iss, passId, exp] = [city(payload.get(ISS)), sized(payload.get(SUB), 16), moment(payload.get(EXP))];
  return { kid, iss, passId, exp, phone, envelope };
}

function readTicket(head, payload, envelope) {
  const [passId, ticketId] = [sized(payload.get(SUB), 16), sized(payload.get(CTI), 8)];
  const [iss, exp] = [city(payload.get(ISS)), moment(payload.get(EXP))];
  return { form: "ticket", kid: readKid(head), iss, passId, exp, ticketId, envelope };
}

function readCard(head, payload, envelope) {
  exactly(payload, [ISS, SUB, IAT]);
  const [iss, cardId, iat] = [city(payload.get(ISS)), sized(payload.get(SUB), 16), moment(payload.get(IAT))];
  return { form: "card", kid: readKid(head), iss, cardId, iat, envelope };
}

function readKid(head) {
  exactly(head, [ALG, KID]);
  is(head.get(ALG), ES256);
  return sized(head.get(KID), 1)[0];
}

/** `h` alone, or a station's id together with its challenge; never one without the other. */
function readAudience(payload) {
  if (payload.get(AUD) === ANYONE) {
    exactly(payload, [AUD, IAT]);
    return UNBOUND;
  }
  exactly(payload, [AUD, IAT, CNONCE]);
  return { aud: station(payload.get(AUD)), cnonce: sized(payload.get(CNONCE), 8) };
}

function has(map, keys) {
  return map.size === keys.length && keys.every((key) => map.has(key));
}

function exactly(map, keys) {
  if (!has(map, keys)) throw unreadable("other keys than the form has");
}

function is(value, expected) {
  if (value !== expected) throw unreadable("another value than the form has");
}

function sized(value, size) {
  if (!(value instanceof Uint8Array) || value.length !== size) throw unreadable("not the length the form has");
  return value;
}

/** Whole seconds that fit 32 bits, which keeps the code in its QR version until 2106. */
function moment(value) {
  if (!Number.isInteger(value) || value <= 0 || value >= 2 ** 32) throw unreadable("not a moment");
  return value;
}

function city(value) {
  if (typeof value !== "string" || !/^[A-Z]{1,2}$/.test(value)) throw unreadable("not a city code");
  return value;
}

function station(value) {
  if (typeof value !== "string" || !/^[A-Za-z0-9_-]{2,23}$/.test(value)) throw unreadable("not a station id");
  return value;
}

/** Printable, and at most 40 characters however they are stored. */
function name(value) {
  const isPrintable = typeof value === "string" && /^(?:[^\p{C}\p{Z}]| )+$/u.test(value);
  if (!isPrintable || [...value].length > MAX_NAME) throw unreadable("not a station's name");
  return value;
}
