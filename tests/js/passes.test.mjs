// The certificates that a phone keeps: fetched once even over a bad line, and dropped when they were stopped elsewhere.
import "./addresses.mjs";
import assert from "node:assert/strict";
import test from "node:test";

import { bytes, vectors } from "./vectors.mjs";

const { ApiProblem, Offline } = await import("/static/js/api.js");
const { readCertificate, windows } = await import("/static/js/hp1/hp1.js");
const { sign, toBase64url } = await import("/static/js/jwt.js");
const { Passes } = await import("/portal/static/passes.js");

const WHO = "0198f3c2-0000-7000-8000-000000000001";
const CERTIFICATE = bytes(vectors("building").certificate.bytes);
const { exp } = readCertificate(CERTIFICATE);
const NOW = exp - 3600;
const DAY = 24 * 3600;

class Shelves {
  kept = { passes: new Map(), facts: new Map() };
  async get(shelf, key) { return this.kept[shelf].get(key); }
  async all(shelf) { return [...this.kept[shelf].values()]; }
  async put(shelf, value, key) { this.kept[shelf].set(key ?? value.passId, value); }
  async remove(shelf, gone) { gone.forEach((key) => this.kept[shelf].delete(key)); }
}

/** A city that may lose its answers on the way; what it was asked, and what it issued. */
async function city(t, { stopped = [], keys = [{ kid: "01", use: "pass", nbf: 0, exp: NOW + 9 * DAY }] } = {}) {
  const { privateKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const lost = []; // what is done to the answers to come
  const questions = [];
  const alive = new Map();
  const answers = new Map();
  const issue = (body) => ({
    passes: JSON.parse(body).keys.map(() => {
      const pass = { pass_id: crypto.randomUUID(), certificate: toBase64url(CERTIFICATE) };
      alive.set(pass.pass_id, pass);
      return pass;
    }),
  });
  t.mock.method(globalThis, "fetch", async (url, { method = "GET", headers, body }) => {
    if (url.endsWith("/keys")) return new Response(await sign(privateKey, { alg: "ES256" }, { keys }));
    if (method === "GET") return Response.json({ items: [...alive.keys()].filter((id) => !stopped.includes(id)).map((id) => ({ id })) });
    const key = headers["Idempotency-Key"];
    questions.push({ key, body });
    if (!answers.has(key)) answers.set(key, issue(body));
    lost.shift()?.();
    return Response.json(answers.get(key));
  });
  return { lost, questions, alive, stopped };
}

function phone() {
  const store = new Shelves();
  return { store, passes: new Passes(store, { now: () => NOW }) };
}

const keep = (store, passId, residentId = WHO) =>
  store.put("passes", { passId, residentId, certificate: CERTIFICATE, begins: windows.certificateBegins(exp), exp });

test("a lost answer costs no further codes: the same question is asked again, also after the page was opened anew", async (t) => {
  const { lost, questions, alive } = await city(t);
  const { store, passes } = phone();
  lost.push(() => { throw new TypeError("no line"); }, () => { throw new TypeError("no line"); });
  await assert.rejects(passes.refill(WHO), Offline);
  const opened = new Passes(store, { now: () => NOW + 60 });
  await assert.rejects(opened.refill(WHO), Offline);
  await opened.refill(WHO);
  assert.equal(new Set(questions.slice(0, 3).map(({ key, body }) => key + body)).size, 1);
  assert.ok((await store.all("passes")).length >= 7);
  assert.deepEqual(new Set((await store.all("passes")).map(({ passId }) => passId)), new Set(alive.keys()));
});

test("what was refused is not asked again in the same words", async (t) => {
  const { lost, questions } = await city(t);
  const { passes } = phone();
  t.mock.method(globalThis, "fetch", async (url, { headers, body }) => {
    questions.push({ key: headers["Idempotency-Key"], body });
    return Response.json({ type: "/problems/too-many-codes", title: "-" }, { status: 409 });
  });
  assert.deepEqual(lost, []);
  await assert.rejects(passes.refill(WHO), ApiProblem);
  await assert.rejects(passes.refill(WHO), ApiProblem);
  assert.notEqual(questions[0].key, questions[1].key);
});

test("a pass that was stopped elsewhere is shown no longer, and nobody else's is touched", async (t) => {
  const { alive } = await city(t);
  const { store, passes } = phone();
  await keep(store, "good");
  await keep(store, "stopped");
  await keep(store, "another's", "somebody-else");
  alive.set("good", {});
  await passes.refill(WHO);
  const kept = (await store.all("passes")).map(({ passId }) => passId);
  assert.ok(kept.includes("good") && kept.includes("another's") && !kept.includes("stopped"));
  assert.ok(kept.length > 7, "and the week is whole again");
});

test("without a good answer nothing is dropped", async (t) => {
  for (const answer of [() => { throw new TypeError("no line"); }, () => new Response("{}", { status: 503 })]) {
    t.mock.method(globalThis, "fetch", async () => answer());
    const { store, passes } = phone();
    await keep(store, "good");
    await assert.rejects(passes.refill(WHO));
    assert.equal((await store.all("passes")).length, 1);
  }
});

test("what a leaked key certified is dropped, though the key goes on being published", async (t) => {
  const { alive } = await city(t, { keys: [{ kid: "01", use: "pass", nbf: NOW - DAY, exp: NOW - DAY }] });
  const { store, passes } = phone();
  await keep(store, "dead");
  alive.set("dead", {});
  await passes.refill(WHO);
  assert.ok(!(await store.all("passes")).some(({ passId }) => passId === "dead"));
});
