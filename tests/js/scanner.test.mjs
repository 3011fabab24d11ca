// A scanner without a line: what it may say, what it never says, and that nothing it read is lost.
import "./addresses.mjs";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";

import { bytes, published, vectors } from "./vectors.mjs";

const { ApiProblem, Offline } = await import("/static/js/api.js");
const { keyTable, memoryOf, read } = await import("/static/js/hp1/hp1.js");
const { FRESH_FOR } = await import("/static/js/lists.js");
const { Judge } = await import("/scanner/static/judge.js");
const { Journal } = await import("/scanner/static/journal.js");

const { issuer, keys, vectors: good } = vectors("good");
const showing = (name) => good.find((vector) => vector.name === name);
const PASS = showing("pass");

/** The verbs of store.js, in memory. */
class Shelves {
  #shelves = new Map();
  #next = 1;
  #busy = Promise.resolve();
  shelf(name) {
    if (!this.#shelves.has(name)) this.#shelves.set(name, new Map());
    return this.#shelves.get(name);
  }
  async get(shelf, key) { return this.shelf(shelf).get(key); }
  async all(shelf) { return [...this.shelf(shelf).values()]; }
  async put(shelf, value, key) {
    if (shelf === "waiting") this.shelf(shelf).set(this.#next, { ...value, n: this.#next++ });
    else this.shelf(shelf).set(key ?? value.key, value);
  }
  async add(shelf, value) {
    if (this.shelf(shelf).has(value.key)) return false;
    this.shelf(shelf).set(value.key, value);
    return true;
  }
  async remove(shelf, gone) { gone.forEach((key) => this.shelf(shelf).delete(key)); }
  together(_shelves, deed) {
    const done = this.#busy.then(() => deed(this));
    this.#busy = done.catch(() => {});
    return done;
  }
}

/** Send, and what was handed over to look at. */
async function sent(journal) {
  const handed = [];
  await journal.send(async (notable) => { handed.push(...notable); });
  return handed;
}

async function desk({ now = PASS.now, isTrusted = true, madeAt = now - 60, revoked = [], answer = () => { throw new Offline(); } } = {}) {
  const store = new Shelves();
  const device = { call: async (...asked) => answer(...asked) };
  const journal = new Journal(store, device);
  const lists = {
    table: await keyTable(published(keys)), issuer, madeAt,
    isFresh: (moment) => madeAt !== null && moment - madeAt <= FRESH_FOR,
    isRevoked: (prefixes) => prefixes.some((prefix) => revoked.includes(prefix)),
  };
  const clock = { now: () => now, isTrusted };
  return { judge: new Judge({ device, lists, clock, store, journal }), journal, store, device };
}

const look = (judge, text = PASS.text, asked = {}) => judge.judge(text, { step: "check-in", ...asked });

test("with a fresh list and a trusted clock the reading is amber without a doubt, and kept", async () => {
  const { judge, journal } = await desk();
  const said = await look(judge);
  assert.equal(said.kind, "offline");
  assert.deepEqual(said.doubts, []);
  assert.equal(await journal.count(), 1);
});

test("offline nothing is ever called known", async () => {
  for (const { text, now } of good.filter((vector) => !vector.challenge)) {
    const { judge } = await desk({ now });
    assert.notEqual((await look(judge, text)).kind, "known");
  }
});

test("a list of yesterday is a doubt, to the second", async () => {
  const fresh = await desk({ madeAt: PASS.now - FRESH_FOR });
  assert.deepEqual((await look(fresh.judge)).doubts, []);
  const stale = await desk({ madeAt: PASS.now - FRESH_FOR - 1 });
  assert.deepEqual((await look(stale.judge)).doubts, ["stale"]);
});

test("a clock that nobody vouches for is a doubt, and so is a missing list", async () => {
  const { judge } = await desk({ isTrusted: false, madeAt: null });
  assert.deepEqual((await look(judge)).doubts, ["nolist", "clock"]);
});

test("the same showing is taken once, whatever its text", async () => {
  const { judge, journal } = await desk();
  await look(judge);
  assert.equal((await look(judge)).slug, "code-already-used");
  // The same signature written with n − s: another text, the same showing.
  assert.notEqual(showing("pass-other-s").text, PASS.text);
  assert.equal((await look(judge, showing("pass-other-s").text)).slug, "code-already-used");
  assert.equal(await journal.count(), 1);
});

test("what was taken online is not taken again when the line goes the next moment", async () => {
  let isThere = true;
  const { judge } = await desk({ answer: () => { if (!isThere) throw new Offline(); return { id: "1" }; } });
  assert.equal((await look(judge)).kind, "known");
  isThere = false;
  assert.equal((await look(judge)).slug, "code-already-used");
});

test("a stopped code is refused from the list that is there", async () => {
  const { judge, journal } = await desk({ revoked: memoryOf(read(PASS.text)).revocationPrefixes });
  assert.equal((await look(judge)).slug, "code-revoked");
  assert.equal(await journal.count(), 0);
});

test("a picture of two minutes ago is refused, and says how old it is", async () => {
  const { judge } = await desk({ now: PASS.now + 120 });
  const said = await look(judge);
  assert.deepEqual([said.slug, said.age], ["code-expired", 120]);
});

test("for medicine a code that was made for nobody in particular is not enough", async () => {
  for (const step of ["pay", "collect", "release-records"]) {
    const { judge, journal } = await desk();
    assert.equal((await look(judge, PASS.text, { step })).slug, "challenge-needed");
    assert.equal(await journal.count(), 0);
  }
});

test("twenty digits need the line", async () => {
  const { judge } = await desk();
  const right = vectors("digits").vectors.find((vector) => vector.expect === "ok");
  assert.equal((await look(judge, right.text)).slug, "offline-digits");
});

test("while there is a line the service decides, also against this device's own mind", async () => {
  const problem = new ApiProblem(409, { type: "/problems/code-revoked", title: "-" }, null);
  const { judge, journal } = await desk({ answer: () => { throw problem; } });
  assert.equal((await look(judge)).slug, "code-revoked");
  assert.equal(await journal.count(), 0);
});

test("a service that is there but cannot answer is as good as no line", async () => {
  const { judge } = await desk({ answer: () => { throw new ApiProblem(503, {}, 1); } });
  assert.equal((await look(judge)).kind, "offline");
});

test("a lost answer: the very same batch is sent again, and what came meanwhile goes in the next", async () => {
  const batches = [];
  const answers = [() => { throw new Offline(); }];
  const { journal } = await desk({
    answer: (_method, _path, { body }) => {
      batches.push(structuredClone(body));
      answers.shift()?.();
      return { results: body.items.map(() => ({ status: "accepted" })) };
    },
  });
  await journal.keep({ text: "HP1:A", read_at: "2026-11-23T09:00:00Z", step: "check-in", challenge: undefined });
  await assert.rejects(sent(journal), Offline);
  await journal.keep({ text: "HP1:B", read_at: "2026-11-23T09:01:00Z", step: "check-in" });
  assert.deepEqual(await sent(journal), []);
  assert.deepEqual(batches.map((batch) => [batch.sequence, batch.items.map((item) => item.text)]), [[1, ["HP1:A"]], [1, ["HP1:A"]], [2, ["HP1:B"]]]);
  assert.deepEqual(batches[0], batches[1]);
  assert.deepEqual(Object.keys(batches[0].items[0]), ["text", "read_at", "step"]);
  assert.equal(batches[0].hash, createHash("sha256").update("HP1:A").digest("hex"));
  assert.equal(await journal.count(), 0);
});

test("a hundred and one readings go in two batches, and a conflict is handed on", async () => {
  const sizes = [];
  const { journal } = await desk({
    answer: (_method, _path, { body }) => {
      sizes.push(body.count);
      return { results: body.items.map(({ text }) => ({ status: text === "HP1:7" ? "conflict" : "accepted", problem: "code-already-used" })) };
    },
  });
  for (let n = 0; n < 101; n += 1) await journal.keep({ text: `HP1:${n}`, read_at: "2026-11-23T09:00:00Z", step: "check-in" });
  const notable = await sent(journal);
  assert.deepEqual(sizes, [100, 1]);
  assert.deepEqual(notable.map(({ item }) => item.text), ["HP1:7"]);
});

test("conflicts of the first batch are handed on although the line drops before the second", async () => {
  const answers = [(body) => body.items.map(({ text }) => ({ status: text === "HP1:7" ? "conflict" : "accepted" }))];
  const { journal } = await desk({
    answer: (_method, _path, { body }) => {
      const answer = answers.shift();
      if (!answer) throw new Offline();
      return { results: answer(body) };
    },
  });
  for (let n = 0; n < 101; n += 1) await journal.keep({ text: `HP1:${n}`, read_at: "2026-11-23T09:00:00Z", step: "check-in" });
  const handed = [];
  await assert.rejects(journal.send(async (notable) => { handed.push(...notable); }), Offline);
  assert.deepEqual(handed.map(({ item }) => item.text), ["HP1:7"]);
  assert.equal(await journal.count(), 1);
});

test("a batch whose conflicts could not be handed on is not done, and is sent again", async () => {
  const sequences = [];
  const { journal } = await desk({
    answer: (_method, _path, { body }) => { sequences.push(body.sequence); return { results: [{ status: "conflict" }] }; },
  });
  await journal.keep({ text: "HP1:A", read_at: "2026-11-23T09:00:00Z", step: "check-in" });
  await assert.rejects(journal.send(async () => { throw new Error("no room"); }));
  await sent(journal);
  assert.deepEqual(sequences, [1, 1]);
});

test("two tabs of one scanner never send two batches under one number", async () => {
  const bySequence = new Map();
  const held = [];
  const { journal, store, device } = await desk({
    answer: async (_method, _path, { body }) => {
      const same = bySequence.get(body.sequence) ?? body.hash;
      assert.equal(body.hash, same, "the service stops this device as forked");
      bySequence.set(body.sequence, body.hash);
      if (body.sequence === 1) await new Promise((go) => { held.push(go); });
      return { results: body.items.map(() => ({ status: "accepted" })) };
    },
  });
  const other = new Journal(store, device);
  await journal.keep({ text: "HP1:A", read_at: "2026-11-23T09:00:00Z", step: "check-in" });
  const both = [sent(journal), sent(other)];
  while (held.length < 2) await new Promise(setImmediate);
  held[1](); // the second tab is answered first, and goes on
  await both[1];
  await other.keep({ text: "HP1:B", read_at: "2026-11-23T09:01:00Z", step: "check-in" });
  await sent(other);
  held[0]();
  await both[0];
  assert.equal(await store.get("facts", "sequence"), 2);
  await journal.keep({ text: "HP1:C", read_at: "2026-11-23T09:02:00Z", step: "check-in" });
  await sent(journal);
  assert.deepEqual([...bySequence.keys()], [1, 2, 3]);
});

test("a tab that comes back late leaves the batch that another one has begun", async () => {
  let go;
  const { journal, store } = await desk({
    answer: async (_method, _path, { body }) => {
      await new Promise((answer) => { go = answer; });
      return { results: body.items.map(() => ({ status: "accepted" })) };
    },
  });
  await journal.keep({ text: "HP1:A", read_at: "2026-11-23T09:00:00Z", step: "check-in" });
  const late = sent(journal);
  while (!go) await new Promise(setImmediate);
  const begun = { sequence: 4, items: [] };
  await store.put("facts", begun, "batch");
  await store.put("facts", 3, "sequence");
  const [answer] = [go];
  go = null;
  answer();
  while (!go) await new Promise(setImmediate); // it takes up the other's batch, unchanged
  assert.deepEqual(await store.get("facts", "batch"), begun);
  assert.equal(await store.get("facts", "sequence"), 3);
  go();
  await late;
});

test("a request is answered once, with a line or without, though the phone goes on signing", async () => {
  const answers = good.filter((vector) => vector.challenge).slice(0, 1);
  for (const { text, now, challenge: { station_id, cnonce } } of answers) {
    const challenge = { stationId: station_id, cnonce: bytes(cnonce), text: "HPS1:" };
    let isThere = true;
    const asked = { step: "collect", challenge };
    const { judge, journal, store } = await desk({ now, answer: () => { if (!isThere) throw new Offline(); return { id: "1" }; } });
    assert.equal((await look(judge, text, asked)).kind, "known");
    isThere = false;
    await store.remove("seen", [memoryOf(read(text)).replayKey]); // as if it had signed once more
    assert.equal((await look(judge, text, asked)).slug, "challenge-mismatch");
    assert.equal(await journal.count(), 0);
    const alone = await desk({ now });
    assert.equal((await look(alone.judge, text, asked)).kind, "offline");
    await alone.store.remove("seen", [memoryOf(read(text)).replayKey]);
    assert.equal((await look(alone.judge, text, asked)).slug, "challenge-mismatch");
    assert.equal(await alone.journal.count(), 1);
  }
  assert.equal(answers.length, 1);
});

test("somebody whom the service knows is known, although this scanner has no room to remember it", async () => {
  const { judge, store } = await desk({ answer: () => ({ id: "1" }) });
  store.add = async () => { throw new Error("no room"); };
  assert.equal((await look(judge)).kind, "known");
});
