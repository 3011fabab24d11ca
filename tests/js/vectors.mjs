// The published vectors of the format, as these tests want them.
import { readFileSync } from "node:fs";

const P256 = { name: "ECDSA", namedCurve: "P-256" };

export function vectors(name) {
  return JSON.parse(readFileSync(new URL(`../../docs/vectors/${name}.json`, import.meta.url), "utf8"));
}

/** A vector's keys in the form in which a city publishes its own. A retired one is in force at no moment. */
export function published(keys) {
  return keys.map(({ kid, form, x, y, not_before, expires, retired }) => ({
    kid, use: form, alg: "ES256", kty: "EC", crv: "P-256", x, y,
    nbf: not_before, exp: retired ? not_before : expires,
  }));
}

export const bytes = (text) => Uint8Array.from(Buffer.from(text, "hex"));

export function publicKey({ x, y }) {
  return crypto.subtle.importKey("jwk", { kty: "EC", crv: "P-256", x, y }, P256, false, ["verify"]);
}

export function privateKey({ x, y, d }) {
  return crypto.subtle.importKey("jwk", { kty: "EC", crv: "P-256", x, y, d }, P256, false, ["sign"]);
}
