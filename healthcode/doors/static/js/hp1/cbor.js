/**
 * Deterministic CBOR (RFC 8949 §4.2.1), cut down to what the format needs.
 *
 * Integers, byte strings, text, booleans, arrays, and maps whose keys are integers. One value has one encoding, and
 * only that encoding is read: long heads, unsorted or repeated keys, trailing bytes, indefinite lengths, floats and
 * tags are refused where they stand. Maps are `Map`, byte strings `Uint8Array`, integers beyond 2^53 `BigInt`.
 */
import { unreadable } from "./refusals.js";

const MAX_BYTES = 512;
const MAX_DEPTH = 4;
const UNSIGNED = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;
const FALSE = 0xf4;
const TRUE = 0xf5;
const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The one encoding of `value`. Throws TypeError for anything the format has no word for. */
export function encode(value) {
  if (typeof value === "boolean") return Uint8Array.of(value ? TRUE : FALSE);
  if (Number.isSafeInteger(value)) return value < 0 ? head(NEGATIVE, -1 - value) : head(UNSIGNED, value);
  if (value instanceof Uint8Array) return join(head(BYTES, value.length), value);
  if (typeof value === "string") {
    const text = utf8.encode(value);
    return join(head(TEXT, text.length), text);
  }
  if (Array.isArray(value)) return join(head(ARRAY, value.length), ...value.map(encode));
  if (value instanceof Map) return join(head(MAP, value.size), ...pairs(value));
  throw new TypeError("no such value in this format");
}

/** The value whose one encoding is `bytes`; a Refusal (code-unreadable) for every other input. */
export function decode(bytes) {
  if (bytes.length > MAX_BYTES) throw unreadable("too many bytes");
  const reader = new Reader(bytes);
  const value = reader.value(MAX_DEPTH);
  if (reader.at !== bytes.length) throw unreadable("trailing bytes");
  return value;
}

export function decodeMap(bytes) {
  const value = decode(bytes);
  if (!(value instanceof Map)) throw unreadable("not a map");
  return value;
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  value(depth) {
    const first = this.take(1)[0];
    if (first === FALSE || first === TRUE) return first === TRUE;
    const kind = first >> 5;
    if (kind > MAP) throw unreadable("a tag, a float or another simple value");
    const argument = this.argument(first & 31);
    if (kind === UNSIGNED) return argument;
    if (kind === NEGATIVE) return typeof argument === "bigint" ? -1n - argument : -1 - argument;
    if (kind === BYTES) return this.take(argument);
    if (kind === TEXT) return this.text(argument);
    if (!depth) throw unreadable("too deep");
    return kind === ARRAY ? this.array(argument, depth - 1) : this.map(argument, depth - 1);
  }

  /** The number in a head, if it stands in its shortest form. */
  argument(short) {
    if (short < 24) return short;
    if (short > 27) throw unreadable("indefinite length");
    const size = 1 << (short - 24);
    let wide = 0n;
    for (const byte of this.take(size)) wide = wide * 256n + BigInt(byte);
    const least = size === 1 ? 24n : 1n << BigInt(size * 4);
    if (wide < least) throw unreadable("a long head");
    return wide <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(wide) : wide;
  }

  take(length) {
    if (typeof length === "bigint" || length > this.bytes.length - this.at) throw unreadable("cut short");
    this.at += length;
    return this.bytes.slice(this.at - length, this.at);
  }

  text(length) {
    try {
      return strictUtf8.decode(this.take(length));
    } catch (error) {
      throw error instanceof TypeError ? unreadable("not UTF-8") : error;
    }
  }

  array(length, depth) {
    if (typeof length === "bigint" || length > this.bytes.length - this.at) throw unreadable("cut short");
    return Array.from({ length }, () => this.value(depth));
  }

  map(length, depth) {
    const found = new Map();
    let before = null;
    for (let count = 0; count < length; count += 1) {
      const start = this.at;
      const key = this.value(0);
      if (typeof key !== "number" && typeof key !== "bigint") throw unreadable("a key that is no integer");
      const written = this.bytes.slice(start, this.at);
      if (before && compare(before, written) >= 0) throw unreadable("keys unsorted or repeated");
      before = written;
      found.set(key, this.value(depth));
    }
    return found;
  }
}

function head(kind, argument) {
  if (argument < 24) return Uint8Array.of((kind << 5) | argument);
  const size = argument < 0x100 ? 1 : argument < 0x10000 ? 2 : argument < 0x100000000 ? 4 : 8;
  const bytes = new Uint8Array(1 + size);
  bytes[0] = (kind << 5) | (24 + Math.log2(size));
  for (let at = size, rest = BigInt(argument); at > 0; at -= 1, rest >>= 8n) bytes[at] = Number(rest & 255n);
  return bytes;
}

function pairs(map) {
  const written = [...map].map(([key, value]) => [encode(key), encode(value)]);
  return written.sort(([one], [other]) => compare(one, other)).flat();
}

function compare(one, other) {
  for (let at = 0; at < one.length && at < other.length; at += 1) {
    if (one[at] !== other[at]) return one[at] - other[at];
  }
  return one.length - other.length;
}

function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
