// What lists of clinics, slots and appointments mean; and a deed that is sent again until it is answered.
import "./addresses.mjs";
import assert from "node:assert/strict";
import test from "node:test";

const { send } = await import("/portal/static/asking.js");
const { sorted } = await import("/portal/static/card.js");
const { byDay, grouped, hoursOf } = await import("/portal/static/clinics.js");
const { nextOf } = await import("/portal/static/next.js");
const { peopleFor } = await import("/portal/static/people.js");
const { refusalOf } = await import("/portal/static/refusals.js");
const { daysAfter, spokenDay, spokenMoment, timeLeft, untilThen } = await import("/portal/static/when.js");

const at = (text) => Date.parse(text) / 1000;
const NOW = at("2026-11-23T10:00:00+08:00"); // a Monday
const slot = (more) => ({ free: 1, starts_at: "2026-11-24T06:00:00Z", opens_at: "2026-11-20T00:00:00Z", ...more });
const appointment = (more) => ({ id: "a", state: "booked", day: "2026-11-23", starts_at: "2026-11-23T06:30:00Z", held_until: null, is_offered: false, ticket: null, ...more });

test("times of appointments name the day, and say how long when it is soon", () => {
  assert.equal(spokenMoment(at("2026-11-23T14:30:00+08:00"), NOW), "今天 14:30");
  assert.equal(spokenMoment(at("2026-11-26T09:10:00+08:00"), NOW), "11月26日 周四 09:10");
  assert.equal(spokenDay("2027-01-04", "2026-12-31"), "2027年 1月4日 周一");
  assert.equal(daysAfter("2026-12-31", 1), "2027-01-01");
  assert.equal(untilThen(NOW + 20 * 60, NOW), "20 分钟后");
  assert.equal(untilThen(NOW + 3 * 86400, NOW), "");
  assert.equal(untilThen(NOW - 60, NOW), "已经开始");
  assert.equal(timeLeft(NOW + 29 * 60 + 59, NOW), "29 分钟", "never more than there is");
});

test("clinics that differ in weekday and hours only are one", () => {
  const rule = { department_id: null, staff_id: null, kind: "clinic", title: "普通门诊", starts: "08:00", ends: "11:30" };
  const [one, other, ...rest] = grouped([{ ...rule, weekday: "tue" }, { ...rule, kind: "expert" }, { ...rule, weekday: "mon" }]);
  assert.deepEqual(rest, []);
  assert.equal(other.kind, "expert");
  assert.deepEqual(hoursOf(one).weekdays, ["mon", "tue"]);
  assert.match(hoursOf(one).hours, /08:00.*11:30/);
});

test("a day is open, full, or not released; the last with its hour", () => {
  const open = [slot({ id: "1" }), slot({ id: "2", free: 0 })];
  const full = slot({ id: "3", free: 0, starts_at: "2026-11-25T06:00:00Z" });
  const later = slot({ id: "4", starts_at: "2026-11-30T16:30:00Z", opens_at: "2026-11-24T23:00:00Z" });
  const days = byDay([later, full, ...open], NOW);
  assert.deepEqual(days.map(({ day, state, free }) => [day, state, free]), [["2026-11-24", "open", 1], ["2026-11-25", "full", 0], ["2026-12-01", "later", 0]]);
  assert.equal(days[2].opensAt, at("2026-11-25T07:00:00+08:00"));
});

test("a place that is kept comes before everything, a number before what is booked", () => {
  const booked = appointment({ id: "booked" });
  const arrived = appointment({ id: "arrived", state: "arrived", ticket: 7 });
  const offered = appointment({ id: "offered", state: "waitlist", is_offered: true, day: "2026-12-03", starts_at: "2026-12-03T06:30:00Z", held_until: "2026-11-23T02:20:00Z" });
  const waits = appointment({ id: "waits", state: "waitlist", day: "2026-11-24", starts_at: null });
  const over = appointment({ id: "over", state: "cancelled" });
  const { first, more, past } = sorted([waits, booked, over, arrived, offered], NOW);
  assert.deepEqual([first, ...more].map(({ id }) => id), ["offered", "arrived", "booked", "waits"]);
  assert.deepEqual(past.map(({ id }) => id), ["over"]);
  const afterwards = sorted([offered, booked], NOW + 3600).first;
  assert.equal(afterwards.id, "booked", "what is kept no longer waits behind");
});

test("the line under the code says the one thing that is next", () => {
  assert.equal(nextOf([], NOW), null);
  assert.equal(nextOf([appointment({ day: "2026-12-03", starts_at: "2026-12-03T06:30:00Z" }), appointment()], NOW), "今天 14:30，4 小时后，有预约");
  assert.equal(nextOf([appointment(), appointment({ state: "arrived", ticket: 7 })], NOW), "已签到，您的号是 7");
  assert.equal(nextOf([appointment({ state: "cancelled" }), appointment({ starts_at: "2026-11-23T00:30:00Z" })], NOW), null);
});

test("only those with the right are there to be chosen", () => {
  const other = (id, ...scopes) => ({ resident_id: id, display_name: id, relation: "child", scopes });
  const me = { resident_id: "me", display_name: "我", acting_for: [other("1", "codes:show"), other("2", "appointments:book"), other("me", "appointments:book")] };
  assert.deepEqual(peopleFor(me, "appointments:book").map(({ residentId }) => residentId), ["me", "2"]);
});

test("a refusal says until when and what then", () => {
  const closed = { slug: "booking-closed", title: "x", body: { until: "2026-12-20T00:00:00+08:00" } };
  assert.match(refusalOf(closed, NOW), /12月20日.*服务台照常/);
  assert.equal(refusalOf({ slug: "unheard-of", title: "说不清" }, NOW), "说不清");
});

/** Answers in turn; what was asked is kept. */
function service(t, ...answers) {
  const keys = [];
  t.mock.method(globalThis, "fetch", async (_, { headers }) => {
    keys.push(headers["Idempotency-Key"]);
    const [status, body] = answers.shift();
    if (!status) throw new TypeError("lost");
    return new Response(JSON.stringify(body ?? {}), { status });
  });
  return keys;
}

test("a deed keeps its key until it is answered, and a refusal is an answer", async (t) => {
  const keys = service(t, [0], [503], [409, { type: "/problems/still-running", title: "x" }], [409, { type: "/problems/slot-taken", title: "x" }], [201], [201]);
  const book = () => send("/residents/1/appointments", { slot_id: "s" });
  for (let times = 0; times < 4; times += 1) await assert.rejects(book);
  assert.equal(new Set(keys).size, 1);
  await book();
  await send("/residents/1/appointments", { slot_id: "other" });
  assert.equal(new Set(keys).size, 3, "afterwards, and for other words, it is a new deed");
});

test("what was left unanswered long ago is a new deed", async (t) => {
  const keys = service(t, [0], [0]);
  let now = 1_800_000_000_000;
  t.mock.method(Date, "now", () => now);
  await assert.rejects(() => send("/x", {}));
  now += 11 * 60_000;
  await assert.rejects(() => send("/x", {}));
  assert.notEqual(keys[0], keys[1]);
});
