/** One bill, drawn: what is to be paid, the itemised list, why it comes to that, and what was taken off again. */
import { el } from "/static/js/dom.js";
import { yuan } from "/static/js/money.js";
import { knows, language, say } from "/static/js/words.js";
import { shape } from "./card.js";
import { fact } from "./choosing.js";
import { dayOf, secondsOf, spokenDay, spokenMoment } from "./when.js";

const SHAPES = { issued: "kept", balanced: "fulfilled", cancelled: "cancelled" };

/** A bill of which everything came back is balanced too, and nothing was paid for it. */
export function isToPay(bill) {
  return bill.state === "issued" && bill.due_fen > 0;
}

/** The state as a word and a shape. */
export function stateLine(bill) {
  return el("p", { class: "is", "data-state": bill.state, "data-testid": "state" }, shape(SHAPES[bill.state] ?? "kept"), el("span", {}, say(`bill.${bill.state}`)));
}

/** "昨天 · 晋江市医院". */
export function whereAndWhen(bill, where, now) {
  const day = el("time", { datetime: bill.day }, spokenDay(bill.day, dayOf(now)));
  return el("p", { class: "soft begins" }, day, where ? ` · ${where}` : "");
}

/** What is biggest in a row or on the page: what is due, else what the resident's part came to. */
export function amountOf(bill) {
  return isToPay(bill) ? bill.due_fen : bill.own_fen - bill.credited_own_fen;
}

export function sumsOf(bill) {
  const rows = [
    ["bill.total", bill.total_fen],
    ["bill.pool", -bill.pool_fen],
    ["bill.supplement", -bill.supplement_fen],
    ["bill.own", bill.own_fen],
    ["bill.credited", -bill.credited_own_fen],
    ["bill.paid", bill.paid_fen],
  ];
  const always = ["bill.total", "bill.own"];
  return rows.filter(([key, fen]) => fen || always.includes(key)).map(([key, fen]) => fact(key, yuan(fen)));
}

export function numbersOf(bill, now) {
  return [
    bill.number ? fact("bill.number", bill.number) : null,
    bill.issued_at ? fact("bill.issued-at", spokenMoment(secondsOf(bill.issued_at), now)) : null,
    bill.is_chronic ? fact("bill.benefit", say("bill.chronic")) : null,
    bill.cancellation_number ? fact("bill.cancellation", bill.cancellation_number) : null,
  ].filter(Boolean);
}

export function lineItem(line) {
  const name = (language() === "en" && line.name_en) || line.name;
  const isWhole = line.returned === line.quantity;
  return el(
    "li", { "data-testid": "line" },
    el("p", { class: "row apart" }, el("b", {}, name), el("b", { class: "number" }, yuan(line.amount_fen))),
    el("p", { class: "soft" }, [say("line.count", { count: line.quantity, unit: line.unit, price: yuan(line.unit_price_fen) }), say(`class.${line.insurance_class}`)].join(" · ")),
    el("p", {}, [say("line.pool", { fen: yuan(line.pool_fen) }), line.supplement_fen ? say("line.supplement", { fen: yuan(line.supplement_fen) }) : "", say("line.own", { fen: yuan(line.own_fen) })].filter(Boolean).join(" · ")),
    line.returned ? el("p", { class: "is", "data-testid": "returned" }, shape("noshow"), el("span", {}, isWhole ? say("line.all-returned") : say("line.returned", { count: line.returned, unit: line.unit }))) : null,
  );
}

export function stepItem(step) {
  return el("li", { class: "step" }, el("span", {}, step.why), el("b", { class: "number" }, yuan(step.fen)));
}

export function noteItem(note, now) {
  return el(
    "li", { "data-testid": "credit-note" },
    el("p", { class: "row apart" }, el("b", {}, reasonOf(note.reason)), el("b", { class: "number" }, yuan(-note.total_fen))),
    el("p", {}, say("note.own", { fen: yuan(note.own_fen) }), note.refunded_fen ? ` · ${say("note.refunded", { fen: yuan(note.refunded_fen) })}` : ""),
    el("p", { class: "soft" }, `${say("bill.number")} ${note.number} · ${spokenMoment(secondsOf(note.at), now)}`),
  );
}

/** That a payment or a refund is being cleared with the channel, or was. */
export function clearingItem(one) {
  const isOpen = one.state === "open";
  const what = say(one.refund_id ? "clearing.refund" : "clearing.payment");
  return el("li", { class: "says", "data-tone": isOpen ? "attention" : "done" }, say(isOpen ? "clearing.open" : "clearing.settled", { what }));
}

/** The way to what was paid, shown and provable; its address holds it whole. */
export function receiptItem({ amount_fen: fen, token }) {
  return el("li", {}, el("a", { class: "button broad", href: `/receipt#${token}`, "data-testid": "receipt" }, say("receipt.open", { fen: yuan(fen) })));
}

export function reasonOf(reason) {
  return say(knows(`reason.${reason}`) ? `reason.${reason}` : "reason.other");
}
