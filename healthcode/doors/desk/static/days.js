/** Days as people say them, and the city's day of a moment. */
import { language, say } from "/static/js/words.js";

const DAY = 86_400_000;

/** "2026-12-02", in the city; `at` in seconds. */
export function dayOf(at) {
  const timeZone = document.documentElement.dataset.zone ?? "Asia/Shanghai";
  return new Intl.DateTimeFormat("en-CA", { timeZone }).format(at * 1000);
}

/** "今天 · 12月2日 周三", "tomorrow · Thursday 3 December". */
export function spokenDay(day, today) {
  const at = Date.parse(`${day}T12:00:00Z`);
  const near = { "-1": "time.yesterday", 0: "time.today", 1: "time.tomorrow" }[Math.round((at - Date.parse(`${today}T12:00:00Z`)) / DAY)];
  const part = (options) => new Intl.DateTimeFormat(language() === "en" ? "en-GB" : "zh-CN", { timeZone: "UTC", ...options }).format(at);
  const date = part({ month: "long", day: "numeric" });
  const weekday = part({ weekday: language() === "en" ? "long" : "short" });
  const written = language() === "en" ? `${weekday} ${date}` : `${date} ${weekday}`;
  return near ? `${say(near)} · ${written}` : written;
}

export const seconds = (moment) => Date.parse(moment) / 1000;
