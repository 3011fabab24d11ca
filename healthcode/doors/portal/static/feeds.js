/** Subscribing a calendar: a link that is shown once, and can be stopped. */
import { call } from "/static/js/api.js";
import { $, el } from "/static/js/dom.js";
import { say } from "/static/js/words.js";
import { ifThere, send } from "./asking.js";
import { secondsOf, spokenMoment } from "./when.js";

export class Feeds {
  /** @param {{part: HTMLElement, clock: object, onRevoke: (feed: object) => void}} with_ */
  constructor({ part, clock, onRevoke }) {
    Object.assign(this, { part, clock, onRevoke });
  }

  /** Draw what there is; returns false where this service makes no calendars. */
  async show(residentId) {
    if (residentId !== this.residentId) this.#hideAddress();
    this.residentId = residentId;
    const answer = await ifThere(`/residents/${residentId}/calendar-feeds`);
    if (residentId !== this.residentId) return false;
    this.part.hidden = answer === null;
    $("[data-feeds]", this.part).replaceChildren(...(answer?.items ?? []).map((one) => this.#row(one)));
    return answer !== null;
  }

  /** A new link. Throws ApiProblem or Offline. */
  async subscribe() {
    const { address } = await send(`/residents/${this.residentId}/calendar-feeds`);
    await this.show(this.residentId).catch(() => {}); // the link itself is what must not be lost
    $("#feed-address").value = new URL(address, location.origin).href;
    this.#showFresh(true);
    $("#feed-address").select();
  }

  async revoke(feed) {
    await call("DELETE", `/calendar-feeds/${feed.id}`);
    this.#hideAddress(); // it may be the one that was just stopped
    await this.show(this.residentId);
  }

  async copy() {
    const input = $("#feed-address");
    input.select();
    try {
      await navigator.clipboard.writeText(input.value);
      $("[data-copied]", this.part).textContent = say("feed.copied");
    } catch {
      $("[data-copied]", this.part).textContent = say("feed.copy-yourself");
    }
  }

  #hideAddress() {
    $("#feed-address").value = "";
    $("[data-copied]", this.part).textContent = "";
    this.#showFresh(false);
  }

  /** One link at a time: the one that is shown must be kept before there is another. */
  #showFresh(isShown) {
    $("[data-fresh]", this.part).hidden = !isShown;
    $("[data-act=subscribe]", this.part).hidden = isShown;
  }

  #row(feed) {
    const since = feed.created_at ? say("feed.since", { when: spokenMoment(secondsOf(feed.created_at), this.clock.now()) }) : say("feed.one");
    const stop = el("button", { type: "button", class: "danger", "data-testid": "feed-revoke" }, say("feed.revoke"));
    stop.addEventListener("click", () => this.onRevoke(feed));
    return el("li", { class: "row apart", "data-testid": "feed" }, el("span", {}, since), stop);
  }
}
