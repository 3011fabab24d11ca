/** Who may act for me, and for whom I may: every grant, its end in one tap, and a new one by phone number. */
import { call } from "/static/js/api.js";
import { $, complain, el, whileBusy } from "/static/js/dom.js";
import { knows, say, spokenTime, trouble } from "/static/js/words.js";
import { whoTheyAre } from "./people.js";

const SCOPES = ["codes:show", "appointments:book", "records:read", "reports:read", "bills:pay", "pickups:collect"];
const RELATIONS = ["child", "spouse", "parent", "sibling", "grandchild", "grandparent", "carer", "other"];
const YEAR = 365 * 86_400_000;

const main = $("#main");
let me;

async function show() {
  try {
    me = await call("GET", "/me");
    if (!me.resident_id) return location.replace("/portal/");
    const { items } = await call("GET", "/grants");
    const open = items.filter((grant) => grant.state !== "ended");
    $("#grants").replaceChildren(...open.map(row));
    $("#grants").hidden = !open.length;
    $("#none").hidden = open.length > 0;
  } catch (error) {
    fail(error);
  }
}

function row(grant) {
  const isMine = grant.resident_id === me.resident_id;
  const scopes = grant.scopes.filter((scope) => knows(`scope.${scope}`)).map((scope) => say(`scope.${scope}`));
  const until = grant.until ? say("grant.until", { when: spokenTime(Date.parse(grant.until) / 1000, Date.now() / 1000) }) : say("grant.open");
  const mayAccept = !isMine && grant.state === "proposed";
  return el(
    "li", { "data-testid": "grant", "data-state": grant.state },
    el("b", {}, heading(grant, isMine)),
    el("span", {}, scopes.join(" · ")),
    el("span", { class: "soft" }, `${say(`grant.${grant.state}`)} · ${until}`),
    el("div", { class: "row" }, mayAccept ? act("grant.accept", "acceptances", grant, "main-act") : null, act("grant.end", "endings", grant, "danger")),
  );
}

function heading(grant, isMine) {
  if (isMine) return say("grant.mine", { who: say(`relation.${grant.relation}`) });
  const known = me.acting_for.find((one) => one.resident_id === grant.resident_id);
  if (!known) return say("grant.invited");
  return say("grant.theirs", { who: `${whoTheyAre(grant.relation)} ${known.display_name}` });
}

function act(words, deed, grant, look) {
  const button = el("button", { type: "button", class: look, "data-testid": deed }, say(words));
  button.addEventListener("click", async () => {
    if (deed === "endings" && !confirm(say("grant.ask"))) return;
    complain(main, "");
    try {
      await whileBusy(button, () => call("POST", `/grants/${grant.id}/${deed}`));
      await show();
    } catch (error) {
      fail(error);
    }
  });
  return button;
}

function invite(event) {
  event.preventDefault();
  const form = event.target;
  const scopes = SCOPES.filter((scope) => $(`input[value="${scope}"]`, form).checked);
  const body = {
    phone: $("#invite-phone").value.replace(/[\s-]/g, ""),
    relation: $("#invite-relation").value,
    scopes,
    // To the end of that day, wherever the phone thinks it is.
    until: `${$("#invite-until").value}T23:59:59+08:00`,
  };
  complain(main, "");
  whileBusy($("button", form), async () => {
    try {
      await call("POST", `/residents/${me.resident_id}/grants`, { body });
      form.reset();
      prepare();
      complain(main, say("grant.sent"), "done");
      await show();
    } catch (error) {
      fail(error);
    }
  });
}

function prepare() {
  $("#invite-relation").replaceChildren(...RELATIONS.map((value) => el("option", { value }, say(`relation.${value}`))));
  $("#invite-scopes").replaceChildren(...SCOPES.map((scope) => {
    const box = el("input", { type: "checkbox", value: scope, checked: scope === "codes:show" || scope === "pickups:collect" });
    return el("label", { class: "choice" }, box, el("span", { class: "face" }, say(`scope.${scope}`)));
  }));
  $("#invite-until").value = new Date(Date.now() + YEAR).toISOString().slice(0, 10);
}

function fail(error) {
  if (error.status === 401) return location.replace("/portal/");
  return complain(main, trouble(error));
}

$("#invite-form").addEventListener("submit", invite);
prepare();
show();
