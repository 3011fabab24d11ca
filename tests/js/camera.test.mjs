// What a camera tells of all that lies before it, some ten looks a second.
import assert from "node:assert/strict";
import test from "node:test";

import { Camera, News } from "../../healthcode/doors/static/js/camera.js";
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

/** A browser whose camera opens when the test says so. */
function browser(t, { play = async () => {} } = {}) {
  const opened = [];
  const kept = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  const getUserMedia = () => new Promise((open) => {
    const track = { isOn: true, stop() { this.isOn = false; } };
    opened.push({ track, open: () => open({ getTracks: () => [track] }) });
  });
  Object.defineProperty(globalThis, "navigator", { value: { mediaDevices: { getUserMedia } }, configurable: true });
  globalThis.document = { hidden: true, createElement: () => ({}) };
  const video = { play, srcObject: null, hidden: true };
  const camera = new Camera(video, () => {});
  t.after(() => {
    camera.stop();
    delete globalThis.document;
    if (kept) Object.defineProperty(globalThis, "navigator", kept);
    else delete globalThis.navigator;
  });
  return { camera, video, opened };
}

test("a camera that opens after it was stopped is let go, and one that was started since stays", async (t) => {
  const { camera, opened } = browser(t);
  const first = camera.start();
  camera.stop();
  const second = camera.start();
  opened[1].open();
  await second;
  opened[0].open();
  await first;
  assert.deepEqual(opened.map(({ track }) => track.isOn), [false, true]);
  assert.equal(camera.isOn, true);
});

test("a camera whose picture does not play is let go, and that is said", async (t) => {
  const { camera, video, opened } = browser(t, { play: async () => { throw new Error("NotAllowedError"); } });
  const starting = camera.start();
  opened[0].open();
  await assert.rejects(starting);
  assert.deepEqual([opened[0].track.isOn, camera.isOn, video.hidden], [false, false, true]);
});

test("a camera that is unplugged says so once and is off", async (t) => {
  const { camera, opened } = browser(t);
  let count = 0;
  const starting = camera.start(() => { count += 1; });
  opened[0].open();
  await starting;
  opened[0].track.onended();
  opened[0].track.onended();
  assert.deepEqual([count, camera.isOn], [1, false]);
});
