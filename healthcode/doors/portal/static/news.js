/** What others did that concerns this person: notices not read yet, and referrals with how they stand. */
import { call } from "/static/js/api.js";
import { el } from "/static/js/dom.js";
import { knows, say } from "/static/js/words.js";
import { ifThere } from "./asking.js";
import { shape } from "./card.js";
import { nameOf } from "./places.js";
import { secondsOf, spokenMoment } from "./when.js";

/** Draw the unread notices. They count as read once they were on the screen, and stay there until the page is left. */
export async function showNotices(list, residentId, now) {
  const answer = await ifThere(`/residents/${residentId}/notices?limit=20`);
  const unread = (answer?.items ?? []).filter((one) => !one.read_at);
  list.replaceChildren(...unread.map((one) => notice(one, now)));
  list.hidden = !unread.length;
  unread.forEach((one, at) => whenSeen(list.children[at], () => call("POST", `/notices/${one.id}/readings`).catch(() => {}))); // else next time
}

function notice({ title, detail, created_at: createdAt }, now) {
  return el(
    "li", { class: "says", "data-testid": "notice" },
    el("b", {}, shape("notice"), " ", title),
    detail ? el("p", {}, detail) : null,
    el("time", { class: "soft", datetime: createdAt }, spokenMoment(secondsOf(createdAt), now)),
  );
}

function whenSeen(element, act) {
  if (!globalThis.IntersectionObserver) return act();
  const observer = new IntersectionObserver((entries) => {
    if (document.hidden || !entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    act();
  }, { threshold: 0.5 });
  observer.observe(element);
}

/** Draw this person's referrals; returns whether there are any. */
export async function showReferrals(list, residentId, { places, now }) {
  const answer = await ifThere(`/residents/${residentId}/referrals`);
  const rows = await Promise.all((answer?.items ?? []).slice(0, 10).map((one) => referral(one, places, now)));
  list.replaceChildren(...rows);
  return rows.length > 0;
}

async function referral(one, places, now) {
  const [from, to] = await Promise.all([one.from_institution_id, one.to_institution_id].map((id) => places.institution(id)));
  const state = knows(`referral.${one.state}`) ? say(`referral.${one.state}`) : one.state;
  const at = one.appointment?.starts_at;
  const why = one.state === "rejected" && one.decided_reason;
  return el(
    "li", { "data-testid": "referral", "data-state": one.state },
    el("b", {}, [knows(`referral.${one.direction}`) ? say(`referral.${one.direction}`) : null, state].filter(Boolean).join(" · ")),
    el("span", {}, [from, to].map((its) => (its ? nameOf(its) : "")).join(" → ")),
    at ? el("time", { datetime: at }, spokenMoment(secondsOf(at), now)) : null,
    one.reason ? el("span", { class: "soft" }, one.reason) : null,
    why ? el("span", {}, say("referral.why-not", { reason: why })) : null,
  );
}
