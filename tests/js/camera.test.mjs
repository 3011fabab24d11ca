// What a camera tells of all that lies before it, some ten looks a second.
import assert from "node:assert/strict";
import test from "node:test";

import { News } from "../../healthcode/doors/static/js/camera.js";
import { meant } from "../../healthcode/doors/static/js/decode.js";

const LOOK = 90;

/** Looks at the same codes for so many seconds; what was told. */
function told(news, texts, seconds, from = 0) {
  const heard = [];
  for (let now = from; now < from + seconds * 1000; now += LOOK) heard.push(...texts.filter((text) => news.in(text, now)));
  return heard;
}

test("two codes that lie before the camera are told once each", () => {
  assert.deepEqual(told(new News(), ["HP1:A", "HP1:B"], 60), ["HP1:A", "HP1:B"]);
});

test("a code that was away for a while is told again", () => {
  const news = new News();
  assert.deepEqual(told(news, ["HP1:A"], 1), ["HP1:A"]);
  assert.deepEqual(told(news, ["HP1:A"], 1, 5000), ["HP1:A"]);
});

test("two phones that stay before the camera are not read anew with each of their new codes", () => {
  const taken = new Set();
  const hand = (text) => text.slice(0, -1);
  const news = new News((text) => (taken.has(hand(text)) ? hand(text) : text));
  const heard = told(news, ["HP1:MOTHER1", "HP1:SON1"], 15);
  heard.forEach((text) => taken.add(hand(text)));
  heard.push(...told(news, ["HP1:MOTHER1", "HP1:SON1"], 1, 15_000));
  heard.push(...told(news, ["HP1:MOTHER2", "HP1:SON2"], 15, 16_000));
  assert.deepEqual(heard, ["HP1:MOTHER1", "HP1:SON1"]);
});

test("beside a poster only the city's code is meant; alone anything is, and is refused in words", () => {
  assert.deepEqual(meant(["https://example.org/", "HP1:A", "HPS1:B", "hp1:c"]), ["HP1:A", "HPS1:B"]);
  assert.deepEqual(meant(["https://example.org/"]), ["https://example.org/"]);
});
