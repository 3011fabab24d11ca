// Whose digits stand under whose name, when somebody switches faster than the line answers.
import "./addresses.mjs";
import assert from "node:assert/strict";
import test from "node:test";

const { Digits } = await import("/portal/static/digits.js");

function place() {
  const parts = new Map();
  const part = (selector) => {
    if (!parts.has(selector)) parts.set(selector, { dataset: {}, textContent: "" });
    return parts.get(selector);
  };
  return { hidden: true, querySelector: part };
}

function page(t) {
  const answers = [];
  t.mock.method(globalThis, "fetch", () => new Promise((answer) => { answers.push(answer); }));
  const [box, section] = [place(), place()];
  const digits = new Digits(box, section, { milliseconds: () => 0 });
  t.after(() => digits.hide());
  return { digits, box, section, answers };
}

const twenty = (digits) => Response.json({ digits, expires_at: "2026-11-26T09:00:00Z" });

test("digits that come after somebody else was chosen are not shown", async (t) => {
  const { digits, box, answers } = page(t);
  const asking = digits.fetch("mother", {});
  digits.hide(); // as choosing another person does
  answers[0](twenty("86111111111111111111"));
  await asking;
  assert.equal(box.hidden, true);
  assert.equal(digits.digits, null);
});

test("of two askings the later one is shown, whichever is answered first", async (t) => {
  const { digits, box, answers } = page(t);
  const asking = [digits.fetch("mother", {}), digits.fetch("son", {})];
  answers[1](twenty("86222222222222222222"));
  answers[0](twenty("86111111111111111111"));
  await Promise.all(asking);
  assert.equal(digits.digits, "86222222222222222222");
  assert.equal(box.hidden, false);
});

test("a failure for somebody who is no longer shown is not said", async (t) => {
  const { digits, section, answers } = page(t);
  const asking = digits.fetch("mother", {});
  digits.hide();
  answers[0](Response.json({ title: "broken" }, { status: 500 }));
  await asking;
  assert.equal(section.querySelector("[data-trouble]").textContent, "");
});
