// Whose time it is: the server's, for as long as this machine's two clocks agree.
import assert from "node:assert/strict";
import test from "node:test";

import { ServerClock } from "../../healthcode/doors/static/js/time.js";

const SERVER = 1_800_000_000_000;

/** A machine whose wall clock and monotonic counter the test turns by hand. */
function machine(t, wall) {
  const clocks = { wall, counter: 5000 };
  t.mock.method(Date, "now", () => clocks.wall);
  t.mock.method(performance, "now", () => clocks.counter);
  return clocks;
}

function pass(clocks, milliseconds) {
  clocks.wall += milliseconds;
  clocks.counter += milliseconds;
}

test("a phone whose clock is two days off still signs at the right moment", async (t) => {
  const clocks = machine(t, SERVER + 2 * 86_400_000);
  const clock = new ServerClock(async () => { pass(clocks, 400); return { now_ms: SERVER }; });
  await clock.sync();
  pass(clocks, 60_000);
  assert.equal(clock.milliseconds(), SERVER + 200 + 60_000);
});

test("a clock that was set afterwards is not trusted until the server is heard again", async (t) => {
  const clocks = machine(t, SERVER);
  const clock = new ServerClock(async () => ({ now_ms: SERVER }));
  assert.equal(clock.isTrusted, false);
  await clock.sync();
  pass(clocks, 3600_000);
  assert.equal(clock.isTrusted, true);
  clocks.wall -= 10 * 60_000;
  assert.equal(clock.isTrusted, false);
  await clock.sync();
  assert.equal(clock.isTrusted, true);
});

test("after a day of silence no clock is trusted", async (t) => {
  const clocks = machine(t, SERVER);
  const clock = new ServerClock(async () => ({ now_ms: SERVER }));
  await clock.sync();
  pass(clocks, 25 * 3600_000);
  assert.equal(clock.isTrusted, false);
});

test("an answer that took too long says nothing about now", async (t) => {
  const clocks = machine(t, SERVER);
  const clock = new ServerClock(async () => { pass(clocks, 11_000); return { now_ms: SERVER + 999_999 }; }, 42);
  await clock.sync();
  assert.equal(clock.offset, 42);
  assert.equal(clock.isTrusted, false);
});
