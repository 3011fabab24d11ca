// What a scanner believes without a line: signed lists, their changes, their age.
import assert from "node:assert/strict";
import test from "node:test";

import { FRESH_FOR, Lists, merged } from "../../healthcode/doors/static/js/lists.js";
import { BadStatement, readStatement, sign, toBase64url, verifiers } from "../../healthcode/doors/static/js/jwt.js";
import { bytes } from "./vectors.mjs";

const NOW = 1_800_000_000;
const P256 = { name: "ECDSA", namedCurve: "P-256" };
const [ONE, TWO, THREE] = ["0101010101010101", "0202020202020202", "0303030303030303"];
const packed = (...ids) => toBase64url(bytes(ids.join("")));

class Shelf {
  kept = new Map();
  async get(_, key) { return this.kept.get(key); }
  async put(_, value, key) { this.kept.set(key, value); }
}

async function city(kid = "lists-000000000001") {
  const pair = await crypto.subtle.generateKey(P256, true, ["sign", "verify"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const published = { kid, use: "lists", alg: "ES256", kty, crv, x, y, nbf: NOW - 1000, exp: NOW + 10 * FRESH_FOR };
  const statement = (name, claims) => sign(pair.privateKey, { alg: "ES256", typ: `healthcode-${name}+jwt`, kid }, { iss: "JJ", iat: NOW, ...claims });
  return { published, statement };
}

function serve(t, documents) {
  const asked = [];
  t.mock.method(globalThis, "fetch", async (url) => {
    asked.push(url);
    const name = /healthcode\/(\w+)/.exec(url)[1];
    return new Response(await documents[name](url));
  });
  return asked;
}

test("a list signed by somebody else is not believed, and what was kept stays", async (t) => {
  const [ours, theirs] = [await city(), await city()];
  const lists = new Lists(new Shelf(), [ours.published]);
  await lists.load();
  serve(t, {
    keys: () => theirs.statement("keys", { keys: [theirs.published] }),
    revocations: () => theirs.statement("revocations", { version: 1, since: null, ids: "", removed: "" }),
  });
  await assert.rejects(lists.refresh(), BadStatement);
  assert.equal(lists.madeAt, null);
});

test("one list in place of another is not believed", async () => {
  const { published, statement } = await city();
  const keys = await verifiers([published]);
  const time = await statement("time", { now_ms: NOW * 1000 });
  assert.equal((await readStatement(time, { typ: "healthcode-time+jwt", keys })).now_ms, NOW * 1000);
  await assert.rejects(readStatement(time, { typ: "healthcode-keys+jwt", keys }), BadStatement);
});

test("a signature outside its key's dates counts for nothing", async () => {
  const { published, statement } = await city();
  const early = await statement("time", { iat: NOW - 1001, now_ms: 1 });
  await assert.rejects(readStatement(early, { typ: "healthcode-time+jwt", keys: await verifiers([published]) }), BadStatement);
});

test("the list is fetched whole, then by its changes, and a stopped code is found in it", async (t) => {
  const { published, statement } = await city();
  const store = new Shelf();
  const lists = new Lists(store, [published]);
  await lists.load();
  let change = { version: 4, since: null, ids: packed(ONE, TWO), removed: "" };
  const asked = serve(t, { keys: () => statement("keys", { keys: [published] }), revocations: () => statement("revocations", change) });
  await lists.refresh();
  assert.ok(lists.isRevoked([THREE, TWO]) && !lists.isRevoked([THREE]));

  change = { version: 6, since: 4, ids: packed(THREE), removed: packed(ONE) };
  await lists.refresh();
  assert.ok(asked.at(-1).endsWith("?since=4"));
  assert.ok(lists.isRevoked([THREE]) && lists.isRevoked([TWO]) && !lists.isRevoked([ONE]));

  const tomorrow = new Lists(store, []);
  await tomorrow.load(); // from what was kept on the device
  assert.ok(tomorrow.isRevoked([THREE]));
});

test("a change to another version than ours is refused", () => {
  const change = { version: 6, since: 5, iat: NOW, ids: "", removed: "" };
  assert.throws(() => merged({ version: 4, ids: bytes(ONE) }, change));
  assert.throws(() => merged(null, change));
});

test("a list is fresh for a day and not a second longer", async (t) => {
  const { published, statement } = await city();
  const lists = new Lists(new Shelf(), [published]);
  await lists.load();
  assert.equal(lists.isFresh(NOW), false, "no list at all is never fresh");
  serve(t, {
    keys: () => statement("keys", { keys: [published] }),
    revocations: () => statement("revocations", { version: 1, since: null, ids: "", removed: "" }),
  });
  await lists.refresh();
  assert.equal(lists.isFresh(NOW + FRESH_FOR), true);
  assert.equal(lists.isFresh(NOW + FRESH_FOR + 1), false);
});

test("the next signing key is known before it signs", async (t) => {
  const [today, tomorrow] = [await city(), await city("lists-000000000002")];
  const lists = new Lists(new Shelf(), [today.published]);
  await lists.load();
  const revocations = { version: 1, since: null, ids: "", removed: "" };
  let signer = today;
  serve(t, {
    keys: () => signer.statement("keys", { keys: [today.published, tomorrow.published] }),
    revocations: () => signer.statement("revocations", revocations),
  });
  await lists.refresh();
  signer = tomorrow;
  await lists.refresh();
  assert.equal(lists.madeAt, NOW);
});
