// How people say times, and that every word a script says is in both languages.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";

import { knows, say, spokenAge, spokenTime } from "../../healthcode/doors/static/js/words.js";

const DOORS = new URL("../../healthcode/doors/", import.meta.url);
const at = (text) => Date.parse(text) / 1000;
const NOW = at("2026-11-23T10:00:00+08:00"); // a Monday

function inEnglish(t) {
  globalThis.document = { documentElement: { lang: "en", dataset: { zone: "Asia/Shanghai" } } };
  t.after(() => { delete globalThis.document; });
}

test("times in Chinese", () => {
  assert.equal(spokenTime(at("2026-11-23T14:30:00+08:00"), NOW), "今天 14:30");
  assert.equal(spokenTime(at("2026-11-24T00:05:00+08:00"), NOW), "明天 00:05");
  assert.equal(spokenTime(at("2026-11-22T23:59:00+08:00"), NOW), "昨天 23:59");
  assert.equal(spokenTime(at("2026-11-26T09:10:00+08:00"), NOW), "周四 09:10");
  assert.equal(spokenTime(at("2026-12-01T09:10:00+08:00"), NOW), "12月1日 周二 09:10");
  assert.equal(spokenTime(at("2027-12-01T09:10:00+08:00"), NOW), "2027年 12月1日 周三 09:10");
});

test("times in English", (t) => {
  inEnglish(t);
  assert.equal(spokenTime(at("2026-11-23T14:30:00+08:00"), NOW), "today 14:30");
  assert.equal(spokenTime(at("2026-11-26T09:10:00+08:00"), NOW), "Thursday 09:10");
  assert.equal(spokenTime(at("2026-12-01T09:10:00+08:00"), NOW), "Tuesday 1 December 09:10");
});

test("the day is the city's, not the machine's", () => {
  // 16:30 UTC is half past midnight of the next day in the city.
  assert.equal(spokenTime(at("2026-11-23T16:30:00Z"), NOW), "明天 00:30");
});

test("ages in the unit that says enough", () => {
  assert.equal(spokenAge(61), "61 秒");
  assert.equal(spokenAge(180), "3 分钟");
  assert.equal(spokenAge(26 * 3600), "26 小时");
  assert.equal(spokenAge(72 * 3600), "3 天");
});

test("an unknown word is a mistake of ours", () => {
  assert.throws(() => say("no.such.words"), RangeError);
});

test("every word that a script says is there, in both languages", (t) => {
  const scripts = readdirSync(DOORS, { recursive: true }).filter((name) => name.endsWith(".js") && !name.includes("vendor"));
  assert.ok(scripts.length > 25);
  const said = scripts.flatMap((name) => [...readFileSync(new URL(name, DOORS), "utf8").matchAll(/(?<![#.\w])say\(\s*"([^"]+)"/g)].map((match) => match[1]));
  assert.ok(said.length > 40);
  for (const key of said) assert.ok(knows(key), key);
  for (const key of said) assert.match(say(key), /[\u4e00-\u9fff]/, `${key} in Chinese`);
  inEnglish(t);
  for (const key of said) assert.doesNotMatch(say(key), /[\u4e00-\u9fff]/, `${key} in English`);
});

test("no word stands twice: the later would be said for both", () => {
  const text = readFileSync(new URL("static/js/words.js", DOORS), "utf8");
  const names = [...text.matchAll(/^\s*"([^"]+)": \[/gm)].map(([, name]) => name);
  assert.deepEqual(names.filter((name, at) => names.indexOf(name) !== at), []);
});
