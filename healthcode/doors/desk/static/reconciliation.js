/** What payment channels say of a day beside what our books say: what differs, and settling it with a reason. */
import { $, complain, el, onAct, whileBusy } from "/static/js/dom.js";
import { yuan } from "/static/js/money.js";
import { knows, say, spokenTime, trouble } from "/static/js/words.js";
import { arrows } from "./arrows.js";
import { read, send } from "./asking.js";
import { dayOf, seconds, spokenDay } from "./days.js";
import { begin, now } from "./frame.js";
import { keep } from "./steady.js";

const PAGE = 100;
const DAYS = 10;

let me;
let opened = null;
let asked;

begin({
  room: "reconciliation",
  start(caller) {
    me = caller;
    arrows($("#differences"));
    $("#which").addEventListener("change", () => {
      close();
      list();
    });
    document.addEventListener("visibilitychange", () => document.hidden || list());
    $("#settling").addEventListener("submit", (event) => {
      event.preventDefault();
      settle();
    });
    onAct({ refresh: () => list() });
    list();
  },
});

const wanted = () => $("#which input[name=state]:checked").value;

async function list() {
  const mine = (asked = Symbol("list"));
  const root = $("#differences").closest("section");
  complain(root, "");
  try {
    const [differences, days] = await Promise.all([read(`/differences?state=${wanted()}&limit=${PAGE}`), read(`/reconciliations?limit=${DAYS}`)]);
    if (mine !== asked) return;
    draw(differences, days.items);
  } catch (error) {
    if (mine === asked) complain(root, trouble(error));
  }
}

function draw({ items, next }, days) {
  keep($("#differences"), items.map((one) => ({ ...one, isOpen: one.id === opened?.id })), row);
  $("#differences").hidden = !items.length;
  $("#no-differences").textContent = say(`differ.none-${wanted()}`);
  $("#no-differences").hidden = items.length > 0;
  $("#more").hidden = !next;
  keep($("#days"), days, dayItem);
  $("#days").hidden = !days.length;
  $("#no-days").hidden = days.length > 0;
}

function row(one) {
  const button = el(
    "button", { type: "button", class: "pick", "aria-pressed": String(one.isOpen), "data-testid": "difference-row" },
    el("span", { class: "row apart" }, el("b", {}, say(`differ.${one.what}`)), el("b", { class: "number" }, yuan(one.theirs_fen ?? one.ours_fen))),
    el("span", { class: "soft" }, about(one)),
  );
  button.addEventListener("click", () => open(one));
  return el("li", {}, button);
}

function about(one) {
  return [say(`differ.${one.kind}`), one.number, spokenDay(one.day, dayOf(now()))].join(" · ");
}

function dayItem(run) {
  const differing = run.only_ours + run.only_theirs + run.amount_differs;
  const said = {
    running: say("run.running"),
    failed: say("run.failed", { why: knows(`run.${run.why}`) ? say(`run.${run.why}`) : run.why }),
    complete: differing ? say("run.differs", { count: run.matched, more: differing }) : say("run.equal", { count: run.matched }),
  }[run.state];
  const sums = run.state === "complete" ? ` · ${say("run.sums", { paid: yuan(run.paid_fen), refunded: yuan(run.refunded_fen) })}` : "";
  return el(
    "li", { "data-testid": "day", "data-state": run.state },
    el("span", { class: "grow" }, el("b", {}, spokenDay(run.day, dayOf(now()))), ` · ${run.channel}`),
    el("span", { class: "soft" }, said + sums),
  );
}

function open(one) {
  opened = one;
  tell("");
  show(one);
  for (const button of document.querySelectorAll("[data-testid=difference-row]")) button.setAttribute("aria-pressed", String(button.closest("li").dataset.row === one.id));
  $("#difference-title").focus();
}

function show(one) {
  const [how] = one.ways;
  const isMine = (one.institution_id ?? null) === (me.institution_id ?? null);
  $("#no-difference").hidden = true;
  $("#difference").hidden = false;
  $("#difference-title").textContent = say(`differ.${one.what}`);
  $("#difference-about").textContent = `${about(one)} · ${one.channel}`;
  $("#theirs").textContent = one.theirs_fen === null ? say("differ.nothing") : yuan(one.theirs_fen);
  $("#ours").textContent = one.ours_fen === null ? say("differ.nothing") : yuan(one.ours_fen);
  $("#ended").textContent = ending(one);
  $("#ended").hidden = one.state === "open";
  $("#elsewhere").hidden = !how || isMine;
  $("#settling").hidden = !how || !isMine;
  $("#settling").reset();
  complain($("#settling"), "");
  if (!how) return;
  $("#will").textContent = say(`will.${how}`);
  $("[data-testid=settle]").textContent = say(`how.${how}`);
}

function ending({ state, how, reason, settled_at: at }) {
  if (state !== "settled") return state === "resolved" ? say("differ.resolved-how") : "";
  return say("differ.settled-how", { how: say(`how.${how}`), reason, when: spokenTime(seconds(at), now()) });
}

function close() {
  opened = null;
  $("#difference").hidden = true;
  $("#no-difference").hidden = false;
}

async function settle() {
  const one = opened;
  const reason = $("#reason").value.trim();
  if (!reason) {
    complain($("#settling"), say("differ.why-first"));
    return $("#reason").focus();
  }
  complain($("#settling"), "");
  try {
    const ended = await whileBusy($("[data-testid=settle]"), () => send(`/differences/${one.id}/settlements`, { how: one.ways[0], reason }));
    tell(say("differ.done", { number: one.number }));
    if (opened?.id === one.id) show((opened = ended));
  } catch (error) {
    if (opened?.id !== one.id) return;
    if (error.slug !== "wrong-state") return complain($("#settling"), error.name === "Offline" ? say("bills.lost") : trouble(error));
    close(); // somebody else was first: it stands among the settled now
    await list();
    return complain($("#differences").closest("section"), trouble(error));
  }
  return list();
}

function tell(said) {
  $("#said").textContent = said;
  $("#said").hidden = !said;
}
