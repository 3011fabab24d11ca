/** What a list of weekly clinics and of their slots means to whoever looks for an hour. */
import { TO, dayOf, secondsOf } from "./when.js";

const WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** Clinics that differ only in weekday and hours are one to whoever looks; in the order they first come. */
export function grouped(schedules) {
  const found = new Map();
  for (const schedule of schedules) {
    const key = [schedule.department_id, schedule.staff_id, schedule.kind, schedule.title].join(" ");
    if (!found.has(key)) found.set(key, { key, title: schedule.title, kind: schedule.kind, departmentId: schedule.department_id, schedules: [] });
    found.get(key).schedules.push(schedule);
  }
  return [...found.values()];
}

/** The weekdays of one such clinic from Monday on, and its hours if they are the same on each. */
export function hoursOf(clinic) {
  const weekdays = WEEK.filter((day) => clinic.schedules.some((one) => one.weekday === day));
  const hours = new Set(clinic.schedules.map((one) => `${one.starts}${TO}${one.ends}`));
  return { weekdays, hours: hours.size === 1 ? [...hours][0] : "" };
}

/** Slots by the day they are on, each day with what it means: `open`, `full`, or `later` with `opensAt` in seconds. */
export function byDay(slots, now) {
  const days = new Map();
  for (const slot of [...slots].sort((one, other) => (one.starts_at < other.starts_at ? -1 : 1))) {
    const day = dayOf(secondsOf(slot.starts_at));
    days.set(day, [...(days.get(day) ?? []), slot]);
  }
  return [...days].map(([day, its]) => ({ day, slots: its, ...meaning(its, now) }));
}

function meaning(slots, now) {
  const released = slots.filter((slot) => isReleased(slot, now));
  if (!released.length) return { state: "later", free: 0, opensAt: Math.min(...slots.map((slot) => secondsOf(slot.opens_at))) };
  const free = released.reduce((sum, slot) => sum + slot.free, 0);
  return { state: free ? "open" : "full", free, opensAt: null };
}

export function isReleased(slot, now) {
  return secondsOf(slot.opens_at) <= now;
}
