/** Base45 (RFC 9285): bytes in the alphabet of a QR code's alphanumeric mode. */
import { unreadable } from "./refusals.js";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const VALUE = new Map([...ALPHABET].map((letter, value) => [letter, value]));

/** @param {Uint8Array} bytes */
export function encode(bytes) {
  let text = "";
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    const pair = bytes[at] * 256 + bytes[at + 1];
    text += ALPHABET[pair % 45] + ALPHABET[Math.floor(pair / 45) % 45] + ALPHABET[Math.floor(pair / 2025)];
  }
  if (bytes.length % 2) {
    const last = bytes[bytes.length - 1];
    text += ALPHABET[last % 45] + ALPHABET[Math.floor(last / 45)];
  }
  return text;
}

/** The bytes of `text`; a Refusal (code-unreadable) for anything that no encoder writes. */
export function decode(text) {
  if (text.length % 3 === 1) throw unreadable("not base45");
  const bytes = [];
  for (let at = 0; at < text.length; at += 3) {
    const value = valueOf(text.slice(at, at + 3));
    if (at + 2 < text.length) bytes.push(value >> 8, value & 255);
    else bytes.push(value);
  }
  return Uint8Array.from(bytes);
}

/** Three letters are two bytes, two letters are one. */
function valueOf(letters) {
  let value = 0;
  for (let at = letters.length - 1; at >= 0; at -= 1) {
    const digit = VALUE.get(letters[at]);
    if (digit === undefined) throw unreadable("not base45");
    value = value * 45 + digit;
  }
  if (value > (letters.length === 3 ? 0xffff : 0xff)) throw unreadable("not base45");
  return value;
}
