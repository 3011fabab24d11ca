/** Signing in by phone and one-time password, and the first registration of somebody new. */
import { call } from "/static/js/api.js";
import { $, complain, el, whileBusy } from "/static/js/dom.js";
import { DOCUMENTS, EIGHTEEN } from "/static/js/papers.js";
import { language, say, trouble } from "/static/js/words.js";

/** Wires the sign-in section. `onSignedIn` is called once somebody is in. */
export function wireSignIn(section, onSignedIn) {
  const [phoneForm, passwordForm] = [$("#phone-form", section), $("#password-form", section)];
  const phone = () => $("#phone").value.replace(/[\s-]/g, "");

  phoneForm.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(section, phoneForm, async () => {
      const { expires_in } = await call("POST", "/one-time-passwords", { body: { phone: phone(), ...thisDevice() } });
      $("#password-sent").textContent = say("phone.sent", { minutes: Math.round(expires_in / 60) });
      phoneForm.hidden = true;
      passwordForm.hidden = false;
      $("#password").focus();
    });
  });

  passwordForm.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(section, passwordForm, async () => {
      const sent = { phone: phone(), one_time_password: $("#password").value.trim(), transport: "cookie" };
      const body = { ...sent, is_shared: $("#is-shared").checked, ...thisDevice() };
      remember(await call("POST", "/sessions", { body }));
      passwordForm.reset();
      phoneForm.reset();
      await onSignedIn();
      askForPhone(); // for whoever comes next
    });
  });

  const askForPhone = () => {
    passwordForm.hidden = true;
    phoneForm.hidden = false;
  };
  $("[data-act=other-phone]", section).addEventListener("click", () => {
    askForPhone();
    complain(section, "");
    $("#phone").focus();
  });
}

/** A browser that signed in before is known again, so that somebody else's wrong tries do not make it wait. */
function thisDevice() {
  const device_secret = kept(() => localStorage.getItem("device-secret"));
  return device_secret ? { device_secret } : {};
}

function remember({ device_secret }) {
  if (device_secret) kept(() => localStorage.setItem("device-secret", device_secret));
}

/** Some browsers refuse storage by throwing. */
function kept(deed) {
  try {
    return deed();
  } catch {
    return null;
  }
}

/** Wires the registration of a phone that no resident has yet. */
export function wireRegistration(section, onRegistered) {
  const kind = $("#document-kind", section);
  for (const { value, words } of DOCUMENTS) kind.append(el("option", { value }, words[language()]));
  const sayMore = () => {
    $("[data-without-identity-number]", section).hidden = EIGHTEEN.includes(kind.value);
    $("[data-passport]", section).hidden = kind.value !== "passport";
  };
  kind.addEventListener("change", sayMore);

  const form = $("#register-form", section);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(section, form, async () => {
      await call("POST", "/residents", { body: residentOf(new FormData(form)) });
      form.reset();
      sayMore();
      await onRegistered();
    });
  });
}

/** A number of eighteen characters says birth and sex by itself; other documents do not. */
export function residentOf(given) {
  const kind = given.get("document_kind");
  const number = given.get("document_number").replace(/\s/g, "").toUpperCase();
  const paper = kind === "passport" ? { kind, number, country: given.get("country").trim().toUpperCase() } : { kind, number };
  const said = { name: given.get("name").trim(), documents: [paper] };
  if (!EIGHTEEN.includes(kind)) return { ...said, birth_date: given.get("birth_date"), sex: given.get("sex") ?? "unknown" };
  const birth_date = [number.slice(6, 10), number.slice(10, 12), number.slice(12, 14)].join("-");
  return { ...said, birth_date, sex: Number(number[16]) % 2 ? "male" : "female" };
}

async function attempt(section, form, deed) {
  complain(section, "");
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  try {
    await whileBusy($("button:not([type=button])", form), deed);
  } catch (error) {
    complain(section, trouble(error));
    const wrong = (error.errors ?? []).map(({ pointer }) => form.querySelector(`[data-pointer="${CSS.escape(pointer)}"]`)).filter(Boolean);
    for (const field of wrong) field.setAttribute("aria-invalid", "true");
    wrong[0]?.focus();
  }
}
