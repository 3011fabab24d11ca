/** This device, a scanner or a wall: its key, made here and never leaving, where it stands, and its session with the service. */
import { call } from "./api.js";
import { toBase64url, sign } from "./jwt.js";

const P256 = { name: "ECDSA", namedCurve: "P-256" };
const ASSERTION_LIFE = 120; // seconds; the service takes at most 300
const RENEW_BEFORE = 60; // seconds

export class Device {
  /** @param {() => Promise<string>} issuer who an assertion is for: the name the city signs its statements with */
  constructor(store, clock, issuer) {
    Object.assign(this, { store, clock, issuer });
    this.session = null;
  }

  async load() {
    this.kept = await this.store.get("facts", "device");
    return Boolean(this.kept);
  }

  get stationId() {
    return this.kept.station_id;
  }

  get stationName() {
    return this.kept.institution.name;
  }

  /**
   * Make a key, exchange the enrolment code for a place in the city. Throws ApiProblem or Offline.
   *
   * A device that was stopped becomes another one: it counts its batches from the beginning and trusts the keys it is
   * given now. What it read and could not send waits on, and is sent as the new device's.
   */
  async enrol(code, name) {
    const pair = await crypto.subtle.generateKey(P256, false, ["sign", "verify"]);
    const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
    const body = { enrolment_code: code, public_key: { kty, crv, x, y } };
    if (name) body.name = name;
    const enrolled = await call("POST", "/device-enrolments", { body });
    this.kept = { ...enrolled, key: pair.privateKey };
    await this.store.together(["facts"], async (shelves) => {
      await shelves.put("facts", this.kept, "device");
      await shelves.put("facts", 0, "sequence");
      await shelves.remove("facts", ["batch", "lists-keys"]);
    });
  }

  /** An access token, by a fresh assertion when the last one is nearly over. Throws ApiProblem or Offline. */
  async token() {
    const isGood = this.session && performance.now() < this.session.renewAt;
    if (!isGood) {
      this.opening ??= this.#open().finally(() => { this.opening = null; });
      this.session = await this.opening;
    }
    return this.session.token;
  }

  /** Ask the service as this device; once more with a new token if the old one is no longer known. */
  async call(method, path, options = {}) {
    try {
      return await call(method, path, { ...options, token: await this.token() });
    } catch (error) {
      if (error.status !== 401 || !this.session) throw error;
      this.session = null;
      return call(method, path, { ...options, token: await this.token() });
    }
  }

  async #open() {
    const iat = this.clock.now();
    const id = this.kept.device_id;
    const jti = toBase64url(crypto.getRandomValues(new Uint8Array(16)));
    const claims = { iss: id, sub: id, aud: await this.issuer(), jti, iat, exp: iat + ASSERTION_LIFE };
    const client_assertion = await sign(this.kept.key, { alg: "ES256", typ: "JWT" }, claims);
    const { access_token: token, expires_in } = await call("POST", "/device-sessions", { body: { client_assertion } });
    return { token, renewAt: performance.now() + (expires_in - RENEW_BEFORE) * 1000 };
  }
}
