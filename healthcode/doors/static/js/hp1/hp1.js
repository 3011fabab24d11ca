/**
 * HP1: the text inside the one code. The format is described in docs/one-code.md, with vectors in docs/vectors/.
 *
 *   base45, cbor, cose   bytes, strictly
 *   phone_key            the key inside a certificate
 *   forms                pass, ticket, card, station request: write them, read them
 *   windows              every length of time in the format
 *   verify               the whole order of checks
 *   digits               the twenty digits for a broken camera
 *   refusals             the one family of errors
 */
export { UNBOUND, read, readCertificate, readStationRequest, writePass, writeStationRequest } from "./forms.js";
export { hex, keyTable, memoryOf, verify, verifyStationRequest } from "./verify.js";
export { Refusal } from "./refusals.js";
export * as digits from "./digits.js";
export * as windows from "./windows.js";
