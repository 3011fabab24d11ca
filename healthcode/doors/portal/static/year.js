/** A year in sums: three amounts, twelve bars, and the same in a table, for whoever sees no bars. */
import { el } from "/static/js/dom.js";
import { sum, yuan } from "/static/js/money.js";
import { language, say } from "/static/js/words.js";
import { fact } from "./choosing.js";

const [WIDE, HIGH, STEP, BAR] = [360, 120, 30, 18];

export function drawYear(part, months) {
  part.hidden = !months.length;
  if (!months.length) return;
  part.querySelector("[data-sums]").replaceChildren(
    fact("year.total", yuan(sum(months, "total_fen"))),
    fact("year.insured", yuan(sum(months, "insured_fen"))),
    fact("year.own", yuan(sum(months, "own_fen"))),
  );
  draw(part.querySelector("svg"), months);
  part.querySelector("tbody").replaceChildren(...months.map(row));
}

function row(one) {
  const amount = (fen) => el("td", { class: "number" }, yuan(fen));
  return el("tr", {}, el("th", { scope: "row" }, monthName(one.month)), amount(one.total_fen), amount(one.insured_fen), amount(one.own_fen));
}

function monthName(month) {
  if (language() !== "en") return `${month}月`;
  return new Intl.DateTimeFormat("en-GB", { month: "short", timeZone: "UTC" }).format(Date.UTC(2026, month - 1, 15));
}

/** How high is a matter of a picture alone; the amounts stand in the table. */
function draw(picture, months) {
  const most = Math.max(1, ...months.map((one) => one.total_fen));
  const svg = (tag, attributes) => {
    const made = document.createElementNS(picture.namespaceURI, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  };
  picture.setAttribute("viewBox", `0 0 ${WIDE} ${HIGH + 24}`);
  picture.setAttribute("aria-label", say("year.chart"));
  picture.replaceChildren(svg("line", { x1: 0, x2: WIDE, y1: HIGH, y2: HIGH, class: "axis" }));
  for (let month = 1; month <= 12; month += 1) {
    const x = (month - 1) * STEP + (STEP - BAR) / 2;
    const one = months.find((known) => known.month === month);
    if (one) {
      const whole = Math.max(2, Math.round((one.total_fen * (HIGH - 4)) / most));
      const own = Math.round((one.own_fen * (HIGH - 4)) / most);
      picture.append(svg("rect", { x, width: BAR, y: HIGH - whole, height: whole, class: "insured" }));
      picture.append(svg("rect", { x, width: BAR, y: HIGH - own, height: own, class: "own" }));
    }
    const label = svg("text", { x: x + BAR / 2, y: HIGH + 18 });
    label.textContent = String(month);
    picture.append(label);
  }
}
