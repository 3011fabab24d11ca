/** The answer that covers the page: who it is, or what to do next, in words first. */
import { $, el } from "/static/js/dom.js";
import { DOCUMENTS } from "/static/js/papers.js";
import { clockTime, knows, language, say, spokenAge, spokenTime } from "/static/js/words.js";
import { tell } from "./sound.js";

/** Refusals that a look at the person or a document settles; "invalid" is a document's number that cannot be. */
const CAN_BE_ATTENDED = ["code-needs-second-check", "challenge-needed", "second-check-failed", "invalid"];

/** The colour speaks of the check, never of the person; a mark and words say the same. */
const TONES = { known: "done", offline: "attention", refused: "stop", busy: "none" };

export class Result {
  constructor(section, clock) {
    this.section = section;
    this.clock = clock;
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
    const act = $("#second", this.section).hidden ? "next" : "face";
    $(`[data-act=${act}]`, this.section).focus({ preventScroll: true });
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

  agenda(items) {
    const box = $("#agenda", this.section);
    box.hidden = false;
    if (items === null) box.textContent = say("agenda.missing");
    else if (!items.length) box.textContent = say("agenda.none");
    else box.replaceChildren(el("ul", {}, ...items.map((item) => el("li", {}, String(item.title)))));
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
    $("#agenda", this.section).hidden = true;
    $("#second", this.section).hidden = !mayAttend;
    $("#second", this.section).reset();
    $("[data-act=next]", this.section).classList.toggle("main-act", !mayAttend); // one main act at a time
    this.section.hidden = false;
  }
}
