/** COSE_Sign1 (RFC 9052) with ES256 and nothing else: untagged, no unprotected header, raw 64-byte signatures. */
import * as cbor from "./cbor.js";
import { unreadable } from "./refusals.js";

export const ALG = 1;
export const KID = 4;
export const KCWT = 13;
export const TYP = 16;
export const ES256 = -7;
const SIGNATURE_BYTES = 64;
const ECDSA = { name: "ECDSA", hash: "SHA-256" };

/** A COSE_Sign1 as a CBOR value, still to be encoded or put inside another. `key` is a private CryptoKey on P-256. */
export async function build(protectedHeader, payload, key) {
  const head = cbor.encode(protectedHeader);
  const body = cbor.encode(payload);
  const signature = await crypto.subtle.sign(ECDSA, key, toBeSigned(head, body));
  return [head, new Map(), body, new Uint8Array(signature)];
}

/** The envelope in `value`; a Refusal unless its shape is exact. Says nothing yet about who signed. */
export function open(value) {
  if (!Array.isArray(value) || value.length !== 4) throw unreadable("not a COSE_Sign1");
  const [head, unprotected, payload, signature] = value;
  if (![head, payload, signature].every((part) => part instanceof Uint8Array)) throw unreadable("not a COSE_Sign1");
  if (!(unprotected instanceof Map) || unprotected.size) throw unreadable("unprotected header is not empty");
  if (signature.length !== SIGNATURE_BYTES) throw unreadable("signature is not 64 bytes");
  return { head, payload, signature };
}

/** True if `key` made the signature. Both s and n − s pass: replay is never judged by the text. */
export function isSignedBy(envelope, key) {
  return crypto.subtle.verify(ECDSA, key, envelope.signature, toBeSigned(envelope.head, envelope.payload));
}

function toBeSigned(head, payload) {
  return cbor.encode(["Signature1", head, new Uint8Array(), payload]);
}
