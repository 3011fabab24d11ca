// Money as people read it, reckoned in whole fen only.
import "./addresses.mjs";
import assert from "node:assert/strict";
import test from "node:test";

const { sum, yuan } = await import("/static/js/money.js");

test("fen are written as yuan, each digit of them", () => {
  const written = { 0: "¥0.00", 5: "¥0.05", 1250: "¥12.50", 100_000: "¥1,000.00", 123_456_789: "¥1,234,567.89" };
  for (const [fen, text] of Object.entries(written)) assert.equal(yuan(Number(fen)), text);
  assert.equal(yuan(-1250), "−¥12.50");
  assert.equal(yuan(Number.MAX_SAFE_INTEGER), "¥90,071,992,547,409.91");
});

test("sums are whole", () => {
  assert.equal(sum([{ fen: 10 }, { fen: 20 }], "fen"), 30);
  assert.equal(sum([], "fen"), 0);
});
