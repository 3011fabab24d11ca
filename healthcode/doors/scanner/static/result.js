/** The answer that covers the page: who it is, or what to do next, in words first. */
import { $, complain, el } from "/static/js/dom.js";
import { DOCUMENTS } from "/static/js/papers.js";
import { clockTime, knows, language, say, spokenAge, spokenTime } from "/static/js/words.js";
import { tell } from "./sound.js";

/** Refusals that a look at the person or a document settles; "invalid" is a document's number that cannot be. */
const CAN_BE_ATTENDED = ["code-needs-second-check", "challenge-needed", "second-check-failed", "invalid"];

/** Steps at which people are received: there checking in is what the person at the counter came for. */
const RECEIVING = ["register", "check-in"];

/** The colour speaks of the check, never of the person; a mark and words say the same. */
const TONES = { known: "done", offline: "attention", refused: "stop", busy: "none" };

export class Result {
  constructor(section, clock) {
    this.section = section;
    this.clock = clock;
    this.act = null; // what this reading opens, as the agenda says it
    this.isMain = false;
    this.isOnline = true;
    for (const { value, words } of DOCUMENTS) $("#second-kind").append(el("option", { value }, words[language()]));
  }

  get isOpen() {
    return !this.section.hidden;
  }

  busy() {
    this.#show({ kind: "busy", title: "" });
  }

  /** Show a judgement of judge.js. */
  show(judgement) {
    this[judgement.kind](judgement);
    tell(judgement.kind);
    this.#button($("#second", this.section).hidden ? "next" : "face").focus({ preventScroll: true });
  }

  known({ verification }) {
    const { resident, is_shown_by_proxy, expires_at } = verification;
    const about = [resident.sex && say(`sex.${resident.sex}`), Number.isInteger(resident.age) && say("age", { age: resident.age })];
    const comma = language() === "en" ? ", " : "，";
    this.#show({
      kind: "known",
      title: `${say("known.title")} · ${say(`step.${verification.step}`)}`,
      person: [resident.display_name, ...about].filter(Boolean).join(comma),
      lines: [
        resident.identity && say(`identity.${resident.identity}`),
        is_shown_by_proxy && say("known.proxy"),
        say("known.until", { when: clockTime(Date.parse(expires_at) / 1000) }),
      ],
    });
  }

  offline({ doubts, madeAt }) {
    const now = this.clock.now();
    const hours = madeAt === null ? 0 : Math.round((now - madeAt) / 3600);
    const fresh = [say("offline.fresh", { when: madeAt && spokenTime(madeAt, now) })];
    const lines = doubts.length ? doubts.map((doubt) => say(`offline.${doubt}`, { hours })) : fresh;
    this.#show({ kind: "offline", title: say("offline.title"), lines: [...lines, say("offline.kept")], doubts });
  }

  refused({ slug, problem, age, isClockInDoubt = false }) {
    if (slug === "offline-digits" || slug === "offline-cannot") {
      const words = { "offline-digits": "offline.digits", "offline-cannot": "offline.cannot" }[slug];
      return this.#show({ kind: "refused", slug, title: say("refused.other"), lines: [say(words)] });
    }
    const known = knows(`refused.${slug}`);
    const title = known ? say(`refused.${slug}`) : problem?.title || say("refused.other");
    const next = slug === "code-expired" && age > 0
      ? say("refused.code-expired.age", { age: spokenAge(age) })
      : known ? say(`refused.${slug}.next`, { seconds: problem?.retryAfter ?? "" }) : problem?.detail;
    const doubt = isClockInDoubt && ["code-expired", "code-not-ready"].includes(slug) && say("offline.clock.refused");
    // Beside a document the service is asked again; without a line there is nobody to ask.
    return this.#show({ kind: "refused", slug, title, lines: [next, doubt], mayAttend: Boolean(problem) && CAN_BE_ATTENDED.includes(slug) });
  }

  /** What is due here now, and a button for the act that follows. */
  agenda(items, step) {
    const box = $("#agenda", this.section);
    box.hidden = false;
    if (items === null) box.textContent = say("agenda.missing");
    else if (!items.length) box.textContent = say("agenda.none");
    else box.replaceChildren(el("ul", {}, ...items.map((item) => el("li", { "data-state": item.state }, agendaLine(item)))));
    this.isMain = RECEIVING.includes(step);
    this.#offer(items?.find(({ act }) => act?.rel === "check-in")?.act ?? null);
    if (this.act && this.isMain) this.#button("check-in").focus({ preventScroll: true });
  }

  /** Without a line nobody can be checked in; what was offered comes back with it. */
  lineIs(isOnline) {
    this.isOnline = isOnline;
    this.#offer(this.act);
  }

  checkedIn(number) {
    const place = $("#number", this.section);
    place.textContent = say("agenda.number", { n: number });
    place.hidden = false;
    complain($(".answer", this.section), "");
    this.#offer(null);
    tell("known");
    this.#button("next").focus({ preventScroll: true });
  }

  /** Say why not, in words; what is refused for good is offered no more. */
  notCheckedIn(words, mayTryAgain) {
    complain($(".answer", this.section), words);
    if (!mayTryAgain) this.#offer(null);
    this.#button(this.#button("check-in").hidden ? "next" : "check-in").focus({ preventScroll: true });
  }

  #offer(act) {
    this.act = act;
    const isShown = Boolean(act) && this.isOnline;
    const isMain = isShown && this.isMain;
    this.#button("check-in").hidden = !isShown;
    this.#button("check-in").classList.toggle("main-act", isMain); // one main act at a time
    this.#button("next").classList.toggle("main-act", !isMain && $("#second", this.section).hidden);
  }

  #button(act) {
    return $(`[data-act=${act}]`, this.section);
  }

  secondCheckTyped() {
    return { kind: "document", document_kind: $("#second-kind").value, number: $("#second-number").value.trim() };
  }

  close() {
    this.section.hidden = true;
  }

  #show({ kind, slug = "", title, person = "", lines = [], mayAttend = false, doubts = [] }) {
    const tone = mayAttend ? "attention" : TONES[kind];
    Object.assign(this.section.dataset, { kind, slug, tone, doubts: doubts.join(" ") });
    $("#result-title", this.section).textContent = title;
    const who = $(".person", this.section);
    who.textContent = person;
    who.hidden = !person;
    $("#result-text", this.section).replaceChildren(...lines.filter(Boolean).map((line) => el("p", {}, line)));
    $("#agenda", this.section).hidden = $("#number", this.section).hidden = true;
    complain($(".answer", this.section), "");
    $("#second", this.section).hidden = !mayAttend;
    $("#second", this.section).reset();
    this.#offer(null);
    this.section.hidden = false;
  }
}

/** "14:30 内科，312 室", and the number of whoever is checked in already. */
function agendaLine({ starts_at, title, room, state, ticket }) {
  const comma = language() === "en" ? ", " : "，";
  const arrived = state === "arrived" && say("agenda.arrived", { n: ticket });
  return [`${clockTime(Date.parse(starts_at) / 1000)} ${title}`, room, arrived].filter(Boolean).join(comma);
}
