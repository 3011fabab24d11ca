/** A receipt: what it says, and that this city said it, by the published keys alone. */
import { statement } from "./api.js";
import { $, el, onAct } from "./dom.js";
import { BadStatement, readStatement, readUnverified, verifiers } from "./jwt.js";
import { yuan } from "./money.js";
import { draw } from "./qr.js";
import { knows, language, say, trouble } from "./words.js";

const TYPE = "healthcode-receipt+jwt";
const ROOM = 276; // CSS px of the code

async function check() {
  $("#receipt").hidden = true;
  $("#again").hidden = true;
  try {
    const { keys } = readUnverified(await statement("keys")); // of this city, because of where it comes from
    const claims = await readStatement(location.hash.slice(1), { typ: TYPE, keys: await verifiers(keys.filter(({ use }) => use === "receipt")) });
    if (claims.exp <= Date.now() / 1000) throw new BadStatement();
    show(claims);
    tell(say("receipt.genuine"), "done");
  } catch (error) {
    const isFalse = error instanceof BadStatement;
    tell(isFalse ? say("receipt.false") : trouble(error), isFalse ? "stop" : "attention");
    $("#again").hidden = isFalse;
  }
}

function tell(said, tone) {
  $("#verdict").textContent = said;
  $("#verdict").dataset.tone = tone;
}

function show(claims) {
  const channel = `receipt.by-${claims.channel}`;
  const rows = [
    ["receipt.institution", claims.institution],
    ["receipt.paid-at", moment(claims.paid_at)],
    ["receipt.channel", knows(channel) ? say(channel) : claims.channel],
    ["receipt.number", claims.number],
    ["receipt.bill", claims.bill],
  ];
  $("#amount").textContent = yuan(claims.amount_fen);
  $("#facts").replaceChildren(...rows.map(([key, value]) => el("div", {}, el("dt", {}, say(key)), el("dd", {}, value))));
  draw($("#code"), location.href, ROOM, "any");
  $("#receipt").hidden = false;
}

/** In full, because a receipt is read in other years. */
function moment(text) {
  const timeZone = document.documentElement.dataset.zone ?? "Asia/Shanghai";
  return new Intl.DateTimeFormat(language() === "en" ? "en-GB" : "zh-CN", { timeZone, dateStyle: "long", timeStyle: "short" }).format(Date.parse(text));
}

onAct({ again: check, "print-it": () => window.print() });
window.addEventListener("hashchange", check);
check();
