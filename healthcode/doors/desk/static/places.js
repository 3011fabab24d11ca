/** Institutions and their clinics, by name. Public, so they are asked once for a page. */
import { language } from "/static/js/words.js";
import { call } from "/static/js/api.js";

const details = new Map();
const clinics = new Map();

export const inTongue = (place) => (language() === "en" && place.name_en) || place.name;

/** One institution with its departments. */
export function place(id) {
  return once(details, id, () => call("GET", `/institutions/${id}`));
}

export async function placeNamed(id) {
  return inTongue(await place(id));
}

/** Its weekly clinics, by their ids. */
export function clinicsOf(id) {
  return once(clinics, id, async () => {
    const { items } = await call("GET", `/institutions/${id}/schedules`);
    return new Map(items.map((clinic) => [clinic.id, clinic]));
  });
}

/** The clinic of an appointment or slot, or null if it is no longer held. */
export async function clinic(institutionId, scheduleId) {
  return (await clinicsOf(institutionId)).get(scheduleId) ?? null;
}

/** Where people can be sent: the hundred nearest to here, or simply the first, each with its name. */
export async function placesAround(id) {
  const here = id ? await place(id) : null;
  const near = here && here.latitude !== null && here.longitude !== null ? `&near=${here.latitude},${here.longitude}` : "";
  const { items } = await call("GET", `/institutions?limit=100${near}`);
  return items.filter((one) => one.is_open && one.id !== id).map((one) => ({ id: one.id, name: inTongue(one), metres: one.distance_m }));
}

function once(kept, id, ask) {
  if (!kept.has(id)) {
    kept.set(id, ask());
    kept.get(id).catch(() => kept.delete(id));
  }
  return kept.get(id);
}
