/** Who looked at whose data, newest first, in the service's own plain words. */
import { call } from "/static/js/api.js";
import { $, complain, el, onAct, whileBusy } from "/static/js/dom.js";
import { spokenTime, trouble } from "/static/js/words.js";
import { peopleFor, switcher } from "./people.js";

const main = $("#main");
let residentId, next;
let turn = 0; // what comes after somebody else was chosen is dropped

async function begin() {
  try {
    const me = await call("GET", "/me");
    if (!me.resident_id) return location.replace("/portal/");
    const people = peopleFor(me, "audit:read");
    await choose(people[0], people);
  } catch (error) {
    fail(error);
  }
}

async function choose(person, people) {
  turn += 1;
  residentId = person.residentId;
  next = null;
  $("#accesses").replaceChildren();
  $("#people").replaceChildren(...switcher(people, person, (other) => choose(other, people).catch(fail)));
  await more();
}

async function more() {
  const mine = turn;
  const after = next ? `?after=${encodeURIComponent(next)}` : "";
  const page = await call("GET", `/residents/${residentId}/accesses${after}`).catch((error) => {
    if (mine === turn) throw error;
  });
  if (mine !== turn) return;
  next = page.next;
  $("#accesses").append(...page.items.map(row));
  const isEmpty = !$("#accesses").children.length;
  $("#waiting").hidden = true;
  $("#accesses").hidden = isEmpty;
  $("#none").hidden = !isEmpty;
  $("#older").hidden = !next;
}

function row({ at, who, where, what, ground }) {
  const moment = Date.parse(at) / 1000;
  return el(
    "li", { "data-testid": "access" },
    el("b", {}, what),
    el("span", {}, [who, where].filter(Boolean).join(" · ")),
    ground ? el("span", { class: "soft" }, ground) : null,
    el("time", { class: "soft", datetime: at }, spokenTime(moment, Date.now() / 1000)),
  );
}

function fail(error) {
  if (error.status === 401) return location.replace("/portal/");
  $("#waiting").hidden = true;
  return complain(main, trouble(error));
}

onAct({ older: (button) => whileBusy(button, more).catch(fail) });
begin();
