/** The city's signed statements, and what a device asserts: compact JWS with ES256 and nothing else (RFC 7515). */

const ECDSA = { name: "ECDSA", hash: "SHA-256" };
const P256 = { name: "ECDSA", namedCurve: "P-256" };
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}$/;
const utf8 = new TextEncoder();

export class BadStatement extends Error {}

/** In the right form, by a key that is not known here: this device was away for longer than keys are announced. */
export class UnknownSigner extends BadStatement {}

/** Public JWKs (with `kid`, perhaps `nbf` and `exp`) as a table kid → {verifier, nbf, exp}. */
export async function verifiers(published) {
  const table = new Map();
  for (const { kid, kty, crv, x, y, nbf, exp } of published) {
    const verifier = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, P256, false, ["verify"]);
    table.set(kid, { verifier, nbf: nbf ?? 0, exp: exp ?? Infinity });
  }
  return table;
}

/** The claims of a statement of this type that one of these keys signed while it was in force. Throws BadStatement, UnknownSigner. */
export async function readStatement(text, { typ, keys }) {
  const { header, claims, signed, signature } = taken(text);
  const key = keys.get(header.kid);
  if (header.alg !== "ES256" || header.typ !== typ || Object.keys(header).length !== 3) throw new BadStatement();
  if (!key) throw new UnknownSigner();
  if (!Number.isInteger(claims.iat) || claims.iat < key.nbf || claims.iat >= key.exp) throw new BadStatement();
  if (!(await crypto.subtle.verify(ECDSA, key.verifier, signature, signed))) throw new BadStatement();
  return claims;
}

/** The claims, believed because of how they came (from our own origin), not because of who signed. */
export function readUnverified(text) {
  return taken(text).claims;
}

/** A compact JWS by `key`, a private CryptoKey on P-256. */
export async function sign(key, header, claims) {
  const signed = [header, claims].map((part) => toBase64url(utf8.encode(JSON.stringify(part)))).join(".");
  const signature = await crypto.subtle.sign(ECDSA, key, utf8.encode(signed));
  return `${signed}.${toBase64url(new Uint8Array(signature))}`;
}

export function fromBase64url(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

export function toBase64url(bytes) {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** What a statement says, whoever signed it: for what is not trusted because of it. Throws BadStatement. */
export function claimsOf(text) {
  return taken(text).claims;
}

function taken(text) {
  if (typeof text !== "string" || !COMPACT.test(text.trim())) throw new BadStatement();
  const parts = text.trim().split(".");
  try {
    const [header, claims] = parts.slice(0, 2).map((part) => JSON.parse(new TextDecoder().decode(fromBase64url(part))));
    return { header, claims, signed: utf8.encode(`${parts[0]}.${parts[1]}`), signature: fromBase64url(parts[2]) };
  } catch {
    throw new BadStatement();
  }
}
