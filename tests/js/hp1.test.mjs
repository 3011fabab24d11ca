// The browser's half of the format must agree with every published vector.
import assert from "node:assert/strict";
import test from "node:test";

import * as hp1 from "../../healthcode/doors/static/js/hp1/hp1.js";
import * as cbor from "../../healthcode/doors/static/js/hp1/cbor.js";
import * as cose from "../../healthcode/doors/static/js/hp1/cose.js";
import { bytes, privateKey, publicKey, published, vectors } from "./vectors.mjs";

async function outcome(judge) {
  try {
    return { expect: "ok", found: await judge() };
  } catch (error) {
    if (!(error instanceof hp1.Refusal)) throw error;
    return { expect: error.slug };
  }
}

function audienceOf(challenge) {
  return challenge ? { aud: challenge.station_id, cnonce: bytes(challenge.cnonce) } : undefined;
}

function fieldsOf({ code, form, replayKey, revocationPrefixes }) {
  const { certificate } = code;
  const kid = (certificate ?? code).kid.toString(16).padStart(2, "0");
  const always = { form, kid, iss: (certificate ?? code).iss };
  const memory = { replay_key: replayKey, revocation_prefixes: revocationPrefixes };
  if (form === "pass") {
    const { aud, cnonce } = code.audience;
    const moments = { exp: certificate.exp, iat: code.iat };
    return { ...always, pass_id: hp1.hex(certificate.passId), ...moments, aud, cnonce: cnonce && hp1.hex(cnonce), ...memory };
  }
  if (form === "ticket") {
    return { ...always, pass_id: hp1.hex(code.passId), exp: code.exp, ticket_id: hp1.hex(code.ticketId), ...memory };
  }
  return { ...always, card_id: hp1.hex(code.cardId), iat: code.iat, ...memory };
}

for (const file of ["good", "bad"]) {
  const { issuer, keys, vectors: all } = vectors(file);
  for (const { name, text, now, challenge, expect, fields } of all) {
    test(`${file}: ${name}`, async () => {
      const table = await hp1.keyTable(published(keys));
      const judged = await outcome(() => hp1.verify(text, { keys: table, now, issuer, audience: audienceOf(challenge) }));
      assert.equal(judged.expect, expect);
      if (fields) assert.deepEqual(fieldsOf(judged.found), fields);
    });
  }
}

const requests = vectors("station-requests");
for (const { name, text, now, expect, fields } of requests.vectors) {
  test(`station request: ${name}`, async () => {
    const deviceKey = await publicKey(requests.device_key);
    const judged = await outcome(() => hp1.verifyStationRequest(text, { deviceKey, now }));
    assert.equal(judged.expect, expect);
    if (!fields) return;
    const { stationId, stationName, iat, cnonce } = judged.found;
    assert.deepEqual({ station_id: stationId, station_name: stationName, iat, cnonce: hp1.hex(cnonce) }, fields);
  });
}

for (const { name, text, expect } of vectors("digits").vectors) {
  test(`digits: ${name}`, async () => {
    assert.equal((await outcome(() => hp1.digits.read(text))).expect, expect);
  });
}

const building = vectors("building");
for (const { name, iat, aud, cnonce, protected: head, payload, signature } of building.showings) {
  test(`building: ${name} has the published bytes, under a signature of its own`, async () => {
    const key = await privateKey(building.phone_key);
    const certificate = bytes(building.certificate.bytes);
    const audience = { aud, cnonce: cnonce && bytes(cnonce) };
    const written = hp1.read(await hp1.writePass({ certificate, iat, key, audience }));
    assert.equal(hp1.hex(written.envelope.head), head);
    assert.equal(hp1.hex(written.envelope.payload), payload);
    const phone = await publicKey(building.phone_key);
    assert.ok(await cose.isSignedBy(written.envelope, phone));
    assert.ok(await cose.isSignedBy({ ...written.envelope, signature: bytes(signature) }, phone));
  });
}

test("a station-bound showing of this phone still fits the text a code may have", async () => {
  const key = await privateKey(building.phone_key);
  const certificate = bytes(building.certificate.bytes);
  const unbound = await hp1.writePass({ certificate, iat: 1_800_000_000, key });
  assert.ok(unbound.length <= 366, `${unbound.length} characters do not fit version 11-M`);
});

test("what a station writes, a phone reads; a changed letter, it does not", async () => {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const cnonce = bytes("0011223344556677");
  const asked = { stationId: "JJ-0042", stationName: "石鼓社区卫生服务站", iat: 1_800_000_000, cnonce, key: pair.privateKey };
  const text = await hp1.writeStationRequest(asked);
  const request = await hp1.verifyStationRequest(text, { deviceKey: pair.publicKey, now: 1_800_000_100 });
  assert.equal(request.stationName, asked.stationName);
  const last = text.at(-1) === "0" ? "1" : "0";
  await assert.rejects(hp1.verifyStationRequest(text.slice(0, -1) + last, { deviceKey: pair.publicKey, now: 1_800_000_100 }));
});

test("integers of every width are written in their shortest form and read back", () => {
  for (const value of [0, 23, 24, 255, 256, 65535, 65536, 2 ** 32 - 1, 2 ** 32, -1, -24, -25, -256, -257, -(2 ** 32) - 1]) {
    assert.equal(cbor.decode(cbor.encode(value)), value);
  }
  assert.equal(cbor.decode(bytes("1bffffffffffffffff")), 2n ** 64n - 1n);
  assert.throws(() => cbor.encode(1.5), TypeError);
});

test("noise never surprises: ten thousand random texts are refused, and only refused", async () => {
  const keys = await hp1.keyTable(published(vectors("good").keys));
  const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
  let seed = 20261123;
  const next = (below) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % below;
  for (let round = 0; round < 10_000; round += 1) {
    const noise = Array.from({ length: next(90) }, () => alphabet[next(45)]).join("");
    assert.notEqual((await outcome(() => hp1.verify(`HP1:${noise}`, { keys, now: 1_800_000_000 }))).expect, "ok");
  }
});
