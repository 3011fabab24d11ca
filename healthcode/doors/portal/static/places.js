/** What institutions and their clinics are called. Asked once a page, however many appointments name them. */
import { call } from "/static/js/api.js";
import { language, say } from "/static/js/words.js";
import { ifThere } from "./asking.js";

/** The name in the language of the page, where there is one. */
export function nameOf(row) {
  return (language() === "en" && row.name_en) || row.name;
}

export class Places {
  constructor() {
    this.asked = new Map();
  }

  /** An institution with its departments, or null if it is gone. */
  institution(id) {
    return this.#once(`/institutions/${id}`);
  }

  async schedules(institutionId) {
    return (await this.#once(`/institutions/${institutionId}/schedules`))?.items ?? [];
  }

  /** How this appointment is called: clinic, institution, room. A clinic that is no longer held has only its institution. */
  async naming({ institution_id: institutionId, schedule_id: scheduleId }) {
    const [institution, schedules] = await Promise.all([this.institution(institutionId), this.schedules(institutionId)]);
    const schedule = schedules.find((one) => one.id === scheduleId);
    const where = institution ? nameOf(institution) : "";
    return { title: schedule?.title ?? say("appointment.clinic"), where, room: schedule?.room ?? "" };
  }

  #once(path) {
    if (!this.asked.has(path)) {
      const answer = ifThere(path);
      answer.catch(() => this.asked.delete(path));
      this.asked.set(path, answer);
    }
    return this.asked.get(path);
  }
}

/** Every slot of some weekly clinics from a day to a day, full ones and those to be released too. */
export async function slotsOf(schedules, fromOn, untilOn) {
  const lists = await Promise.all(schedules.map(({ id }) => allOf(`/slots?schedule_id=${id}&from_on=${fromOn}&until_on=${untilOn}&is_free=false&limit=100`)));
  return lists.flat();
}

async function allOf(path) {
  const found = [];
  let next = null;
  do {
    const page = await call("GET", next ? `${path}&after=${encodeURIComponent(next)}` : path);
    found.push(...page.items);
    next = page.next;
  } while (next);
  return found;
}
