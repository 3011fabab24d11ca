// Hand-held readers type what they read; people type too, and more slowly.
import assert from "node:assert/strict";
import test from "node:test";

import { Wedge, meant } from "../../healthcode/doors/static/js/wedge.js";

const CODE = "HP1:6BF 0$%*+-./:ABCXYZ0123";
const PLACES = { " ": "Space", $: "Digit4", "%": "Digit5", "*": "Digit8", "+": "Equal", "-": "Minus", ".": "Period", "/": "Slash", ":": "Semicolon" };

function keyFor(character, { key = character } = {}) {
  const isLetter = /[A-Z]/.test(character);
  const code = PLACES[character] ?? (isLetter ? `Key${character}` : `Digit${character}`);
  const shiftKey = isLetter || "$%*+:".includes(character);
  return { code, key, shiftKey };
}

function desk() {
  const told = [];
  let now = 0;
  const wedge = new Wedge((text) => told.push(text));
  const press = (key, after) => {
    now += after;
    const event = { timeStamp: now, target: null, prevented: false, preventDefault() { this.prevented = true; }, stopPropagation() {}, ...key };
    wedge.key(event);
    return event;
  };
  return { told, press };
}

test("a reader's code arrives whole, and its Enter presses no button", () => {
  const { told, press } = desk();
  for (const character of CODE) press(keyFor(character), 8);
  assert.ok(press({ code: "Enter" }, 8).prevented);
  assert.deepEqual(told, [CODE]);
});

test("under a Chinese input method the keys still say what was meant", () => {
  const { told, press } = desk();
  for (const character of CODE) press(keyFor(character, { key: character === ":" ? "：" : "Process" }), 8);
  press({ code: "Enter", key: "Process" }, 8);
  assert.deepEqual(told, [CODE]);
});

test("somebody who types at a person's pace is left alone", () => {
  const { told, press } = desk();
  for (const character of CODE) assert.equal(press(keyFor(character), 180).prevented, false);
  assert.equal(press({ code: "Enter" }, 180).prevented, false);
  assert.deepEqual(told, []);
});

test("a reader without Enter is heard when it falls silent", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { told, press } = desk();
  for (const digit of "86123456789012345670") press(keyFor(digit), 8);
  t.mock.timers.tick(250);
  t.mock.timers.tick(100);
  assert.deepEqual(told, ["86123456789012345670"]);
});

test("keys that waited while the camera's picture was read still belong to the code", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { told, press } = desk();
  for (const character of CODE.slice(0, 22)) press(keyFor(character), 8);
  t.mock.timers.tick(400); // the page was busy, and its timer comes before the keys
  for (const character of CODE.slice(22)) press(keyFor(character), 8);
  press({ code: "Enter" }, 8);
  assert.deepEqual(told, [CODE]);
});

test("keys are judged by when they were pressed, not by when the busy page heard of them", (t) => {
  const { told, press } = desk();
  let heard = 0;
  t.mock.method(performance, "now", () => (heard += 150));
  for (const character of CODE) press(keyFor(character), 8);
  press({ code: "Enter" }, 8);
  assert.deepEqual(told, [CODE]);
});

test("a shortcut is nobody's code", () => {
  const { told, press } = desk();
  for (const character of CODE) assert.equal(press({ ...keyFor(character), ctrlKey: true }, 8).prevented, false);
  press({ code: "Enter" }, 8);
  assert.deepEqual(told, []);
});

test("small letters stay small: a lower-case code is not ours and must not become so", () => {
  assert.equal(meant({ code: "KeyH", key: "h" }), "h");
  assert.equal(meant({ code: "KeyH", key: "Process", shiftKey: true }), "H");
  assert.equal(meant({ code: "KeyH", key: "Process", shiftKey: true, isCapsLock: true }), "h");
  assert.equal(meant({ code: "Digit1", key: "!", shiftKey: true }), null);
});
