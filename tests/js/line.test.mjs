// A scanner's line: what is sent and fetched over it, in which order, and what the bar says when something fails.
import "./addresses.mjs";
import assert from "node:assert/strict";
import test from "node:test";

const { ApiProblem, Offline } = await import("/static/js/api.js");
const { BadStatement, UnknownSigner } = await import("/static/js/jwt.js");
const { Device } = await import("/static/js/device.js");
const { Line } = await import("/scanner/static/line.js");

const fails = (error) => async () => { throw error; };

function line({ sync = async () => {}, send = async () => {}, refresh = async () => {} } = {}) {
  const done = [];
  const states = [];
  const part = { dataset: {}, toggleAttribute() {} };
  const lists = { madeAt: null, isFresh: () => false, refresh: async () => { done.push("lists"); await refresh(); } };
  const made = new Line({
    bar: { dataset: {}, querySelector: () => part },
    clock: { now: () => 1_800_000_000, sync },
    device: { token: async () => {} },
    journal: { count: async () => 0, send: async () => { done.push("readings"); await send(); } },
    lists,
    onState: (state) => states.push(state),
  });
  return { line: made, done, states };
}

test("readings go first, then the lists are fetched", async () => {
  const desk = line();
  await desk.line.listen();
  assert.deepEqual([desk.done, desk.line.state], [["readings", "lists"], "online"]);
});

test("neither readings nor lists wait for the other to go well", async () => {
  const busy = new ApiProblem(409, {}, null);
  const desk = line({ send: fails(busy), refresh: fails(new Offline()) });
  await desk.line.listen();
  await desk.line.listen();
  assert.deepEqual([desk.done, desk.line.state], [["readings", "lists", "readings", "lists"], "offline"]);
});

test("a device that was stopped while it sent is stopped, whatever the lists say", async () => {
  const desk = line({ send: fails(new ApiProblem(401, {}, null)), refresh: fails(new Offline()) });
  await desk.line.listen();
  assert.equal(desk.line.state, "stopped");
});

test("a service whose keys this scanner never heard of is told from a bad line", async () => {
  const strange = line({ sync: fails(new UnknownSigner()) });
  await strange.line.listen();
  assert.deepEqual([strange.states, strange.done], [["strange"], []]);
  const garbled = line({ sync: fails(new BadStatement()) }); // a hotel's page, say
  await garbled.line.listen();
  assert.equal(garbled.line.state, "offline");
});

test("a device that is enrolled anew counts from the beginning, trusts the new keys, and keeps what it read", async (t) => {
  const facts = new Map([["sequence", 7], ["batch", { sequence: 8, items: [] }], ["lists-keys", ["old"]], ["keys", {}], ["step", "pay"]]);
  const shelf = {
    put: async (_shelf, value, key) => facts.set(key, value),
    remove: async (_shelf, keys) => keys.forEach((key) => facts.delete(key)),
  };
  t.mock.method(globalThis, "fetch", async () => Response.json({ device_id: "new", lists_keys: ["new"] }));
  const store = { together: async (shelves, deed) => { assert.deepEqual(shelves, ["facts"]); return deed(shelf); } };
  await new Device(store, {}, null).enrol("ABCDE", "");
  assert.equal(facts.get("device").device_id, "new");
  assert.deepEqual([facts.get("sequence"), facts.has("batch"), facts.has("lists-keys"), facts.get("step")], [0, false, false, "pay"]);
});

test("two hundred scanners that start at the same second do not come back at the same second", async (t) => {
  const seed = { value: 8 };
  t.mock.method(Math, "random", () => (seed.value = (seed.value * 16807) % 2147483647) / 2147483647);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  globalThis.window ??= { addEventListener() {} };
  const WINDOW = 30; // seconds
  let second = 0;
  const [heard, fetched] = [new Map(), new Map()];
  const count = (what) => what.set(Math.floor(second / WINDOW), (what.get(Math.floor(second / WINDOW)) ?? 0) + 1);
  for (let n = 0; n < 200; n++) {
    const desk = line({ sync: async () => count(heard), refresh: async () => count(fetched) });
    desk.line.clock.now = () => 1_800_000_000 + second;
    await desk.line.start();
  }
  const LONG = 20 * 60;
  for (; second < LONG; second++) {
    t.mock.timers.tick(1000);
    for (let turn = 0; turn < 12; turn++) await null; // what was asked for is answered
  }
  for (const what of [heard, fetched]) {
    what.delete(0); // the opening itself
    const counts = [...what.values()];
    const mean = counts.reduce((sum, one) => sum + one, 0) / (LONG / WINDOW - 1);
    assert.ok(mean > 10, `only ${mean}`);
    assert.ok(Math.max(...counts) <= 2 * mean, `${Math.max(...counts)} beside ${mean}`);
  }
});
