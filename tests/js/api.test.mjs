// Asking the service over a line that may stop at any byte.
import assert from "node:assert/strict";
import test from "node:test";

import { Offline, call, statement } from "../../healthcode/doors/static/js/api.js";

test("an answer whose body never comes is given up, as one whose head never comes is", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let asked = [];
  t.mock.method(globalThis, "fetch", async (url, { signal }) => {
    const body = new ReadableStream({ start: (stream) => signal.addEventListener("abort", () => stream.error(signal.reason)) });
    asked.push(url);
    return new Response(body);
  });
  for (const ask of [() => call("GET", "/me"), () => statement("time")]) {
    asked = [];
    const answer = assert.rejects(ask(), Offline);
    while (!asked.length) await new Promise(setImmediate);
    await new Promise(setImmediate); // the head is here
    t.mock.timers.tick(8000);
    await answer;
  }
});
