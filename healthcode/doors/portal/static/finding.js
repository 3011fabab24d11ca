/** Finding an institution: the nearest after a tap, or by name and district. */
import { call } from "/static/js/api.js";
import { $, el, whileBusy } from "/static/js/dom.js";
import { language, say } from "/static/js/words.js";
import { nameOf } from "./places.js";

const KINDS = ["hospital", "health-centre", "station"]; // nobody books at a pharmacy
const PAGE = 100;
const MOST_PAGES = 40; // of a search by name: a large city's institutions
const SHOWN = 10;
const LOCATED_WITHIN = 15_000; // ms

export class Finding {
  /** @param {{part: HTMLElement, onChoose: (institution: object) => void, onTrouble: (error: Error) => void}} with_ */
  constructor({ part, onChoose, onTrouble }) {
    Object.assign(this, { part, onChoose, onTrouble });
    this.found = [];
    this.turn = 0; // the answer to an earlier question is dropped
    this.districts = new Set();
    $("#near", part).hidden = !mayLocate();
    $("#search", part).addEventListener("submit", (event) => {
      event.preventDefault();
      whileBusy($("#search button", part), () => this.search()).catch(onTrouble);
    });
    $("#district", part).addEventListener("change", () => this.search().catch(onTrouble));
    this.#fillDistricts();
  }

  /** What stands in the form; a name is looked for page by page, because the service finds by district and nearness. */
  async search() {
    const turn = this.#begin();
    const wanted = $("#wanted", this.part).value.trim().toLowerCase();
    const district = $("#district", this.part).value;
    const query = `/institutions?limit=${PAGE}${district ? `&district=${encodeURIComponent(district)}` : ""}`;
    const found = [];
    let next = null;
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const page = await call("GET", next ? `${query}&after=${encodeURIComponent(next)}` : query);
      if (turn !== this.turn) return;
      this.#fillDistricts(page.items);
      found.push(...page.items.filter((one) => KINDS.includes(one.kind) && fits(one, wanted)));
      next = page.next;
      if (!next || found.length >= (wanted ? SHOWN : PAGE / 2)) break;
    }
    this.#show(found);
  }

  /** The nearest, after the browser has asked this person. */
  async nearest() {
    const turn = this.#begin();
    const place = await located();
    if (turn !== this.turn) return;
    if (!place) {
      $("#where-said", this.part).textContent = say("where.no-place");
      return;
    }
    // A hundred metres are near enough, and say less about where somebody lives.
    const near = `${place.latitude.toFixed(3)},${place.longitude.toFixed(3)}`;
    const { items } = await call("GET", `/institutions?limit=40&near=${encodeURIComponent(near)}`);
    if (turn === this.turn) this.#show(items.filter((one) => KINDS.includes(one.kind)));
  }

  further() {
    this.#draw(this.found, $("#institutions", this.part).children.length + SHOWN);
  }

  #begin() {
    $("#where-said", this.part).textContent = say("where.looking");
    return (this.turn += 1);
  }

  #show(found) {
    this.found = found;
    $("#where-said", this.part).textContent = found.length ? "" : say("where.none");
    this.#draw(found, SHOWN);
  }

  #draw(found, count) {
    $("#institutions", this.part).replaceChildren(...found.slice(0, count).map((one) => this.#row(one)));
    $("#further", this.part).hidden = found.length <= count;
  }

  #row(one) {
    const about = [say(`kind.${one.kind}`), one.district, Number.isFinite(one.distance_m) ? distance(one.distance_m) : ""];
    const button = el("button", { type: "button", class: "pick", "data-testid": "institution" }, el("b", {}, nameOf(one)), el("span", { class: "soft" }, about.filter(Boolean).join(" · ")));
    button.addEventListener("click", () => this.onChoose(one));
    return el("li", {}, button);
  }

  #fillDistricts(items = []) {
    for (const { district } of items) this.districts.add(district);
    const select = $("#district", this.part);
    const chosen = select.value;
    const names = [...this.districts].sort((one, other) => one.localeCompare(other, "zh"));
    if (select.options.length === names.length + 1) return;
    select.replaceChildren(el("option", { value: "" }, say("where.all")), ...names.map((name) => el("option", { value: name }, name)));
    select.value = chosen;
    $("#district-field", this.part).hidden = names.length < 2;
  }
}

function fits(one, wanted) {
  return !wanted || [one.name, one.name_en, one.district].some((text) => text?.toLowerCase().includes(wanted));
}

function distance(metres) {
  if (metres < 1000) return say("where.metres", { n: Math.round(metres / 50) * 50 });
  return say("where.kilometres", { n: (metres / 1000).toLocaleString(language() === "en" ? "en-GB" : "zh-CN", { maximumFractionDigits: 1 }) });
}

/** Not where the page's own policy keeps a place from being known. */
function mayLocate() {
  return Boolean(navigator.geolocation) && document.featurePolicy?.allowsFeature("geolocation") !== false;
}

function located() {
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(({ coords }) => resolve(coords), () => resolve(null), { timeout: LOCATED_WITHIN, maximumAge: 10 * 60_000 });
  });
}
