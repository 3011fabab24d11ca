/** Times of appointments as people say them: the day with its weekday, and how long until then. */
import { clockTime, language, say, spokenAge } from "/static/js/words.js";

const DAY = 86_400_000;
/** Between two hours, which stay on one line. */
export const TO = "\u2060–\u2060";

/** Parts of one sentence, as each language sets them; what is empty is left out. */
export function joined(parts) {
  return parts.filter(Boolean).join(language() === "en" ? ", " : "，");
}

export const secondsOf = (moment) => Date.parse(moment) / 1000;

/** The day in the city, as the service writes it. `at` in seconds. */
export function dayOf(at) {
  const zone = globalThis.document?.documentElement.dataset.zone ?? "Asia/Shanghai";
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(at * 1000);
}

export function daysAfter(day, count) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY).toISOString().slice(0, 10);
}

/** "周四", "Thu". */
export function weekdayOf(day, length = "short") {
  return format(day, { weekday: length });
}

/** "12月3日", "3 Dec". */
export function dateOf(day, month = "short") {
  return format(day, { month: language() === "en" ? month : "long", day: "numeric" });
}

/** "今天", "明天", "12月3日 周四". */
export function spokenDay(day, today) {
  if (day === today) return say("time.today");
  if (day === daysAfter(today, 1)) return say("time.tomorrow");
  if (day === daysAfter(today, -1)) return say("time.yesterday");
  const year = day.slice(0, 4) === today.slice(0, 4) ? "" : format(day, { year: "numeric" });
  const parts = language() === "en" ? [weekdayOf(day, "long"), dateOf(day, "long"), year] : [year, dateOf(day), weekdayOf(day)];
  return parts.filter(Boolean).join(" ");
}

/** "12月3日 周四", "Thursday 3 December", whichever day it is. */
export function wholeDay(day) {
  return (language() === "en" ? [weekdayOf(day, "long"), dateOf(day, "long")] : [dateOf(day), weekdayOf(day)]).join(" ");
}

/** "今天 14:30", "12月3日 周四 14:30". Both in seconds. */
export function spokenMoment(at, now) {
  return `${spokenDay(dayOf(at), dayOf(now))} ${clockTime(at)}`;
}

/** "20 分钟后", within a day; otherwise nothing, because the date says more. */
export function untilThen(at, now) {
  const left = at - now;
  if (left > DAY / 1000 || left < -3600) return "";
  if (left < 0) return say("when.begun");
  return left < 120 ? say("when.soon") : say("when.in", { age: wholeUnits(left) });
}

/** How long something is still kept. */
export function timeLeft(until, now) {
  const left = until - now;
  return left < 120 ? say("when.little") : wholeUnits(left);
}

/** Rounded down: nobody shall believe that there is more time than there is. */
function wholeUnits(seconds) {
  const unit = seconds < 7200 ? 60 : 3600;
  return spokenAge(Math.floor(seconds / unit) * unit);
}

function format(day, options) {
  return new Intl.DateTimeFormat(language() === "en" ? "en-GB" : "zh-CN", { timeZone: "UTC", ...options }).format(Date.parse(`${day}T00:00:00Z`));
}
