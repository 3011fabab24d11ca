/** Signing in to work: username, password, the authenticator's digits, and where, for whoever works at several places. */
import { call } from "/static/js/api.js";
import { $, complain, el, whileBusy } from "/static/js/dom.js";
import { language, say, trouble } from "/static/js/words.js";
import { browser } from "./memory.js";

export class SignIn {
  /** @param {(who: {username: string, session: string, isShared: boolean}) => Promise<void>} onSignedIn */
  constructor(section, onSignedIn) {
    Object.assign(this, { section, onSignedIn, form: $("form", section), places: $("#places", section) });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#attempt();
    });
    $("#username").addEventListener("input", () => this.#askNoPlace());
  }

  /** @param {string} why the sentence above it, or "" */
  open(why, username) {
    const said = $("#sign-in-why");
    said.textContent = why;
    said.hidden = !why;
    if (username) $("#username").value = username;
    this.section.hidden = false;
    $(username ? "#password" : "#username").focus();
  }

  async #attempt() {
    complain(this.section, "");
    for (const field of this.form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    try {
      await whileBusy($("[data-testid=sign-in-button]", this.form), () => this.#enter());
    } catch (error) {
      await this.#fail(error);
    }
  }

  async #enter() {
    const isShared = $("#is-shared").checked;
    const username = $("#username").value.trim();
    const { session_id, device_secret } = await call("POST", "/staff-sessions", {
      body: { username, password: $("#password").value, totp: $("#totp").value.replace(/\s/g, ""), ...this.#chosen(), ...thisDevice(), transport: "cookie", is_shared: isShared },
    });
    if (device_secret) browser.put("device", device_secret);
    this.form.reset();
    this.#askNoPlace();
    await this.onSignedIn({ username, session: session_id, isShared });
    this.section.hidden = true;
  }

  async #fail(error) {
    if (error.slug === "institution-to-choose") return this.#askWhere(error.body.institution_ids);
    complain(this.section, trouble(error));
    const wrong = (error.errors ?? []).map(({ pointer }) => this.form.querySelector(`[data-pointer="${CSS.escape(pointer)}"]`)).filter(Boolean);
    for (const field of wrong) field.setAttribute("aria-invalid", "true");
    if (error.slug === "sign-in-wrong") $("#totp").value = ""; // those digits are used up
    (wrong[0] ?? $("#totp")).focus();
  }

  /** The digits are still good for the sign-in that says where. */
  async #askWhere(ids) {
    const named = await Promise.all(ids.map(async (id) => [id, await nameOf(id)]));
    const choices = named.map(([id, name]) => el(
      "label", { class: "choice" },
      el("input", { type: "radio", name: "place", value: id }), el("span", { class: "face" }, name),
    ));
    $(".choices", this.places).replaceChildren(...choices);
    this.places.hidden = false;
    complain(this.section, say("desk.where"), "attention");
    $("input", this.places).focus();
  }

  #askNoPlace() {
    this.places.hidden = true;
    $(".choices", this.places).replaceChildren();
  }

  #chosen() {
    const chosen = $("input:checked", this.places);
    return chosen ? { institution_id: chosen.value } : {};
  }
}

async function nameOf(id) {
  const place = await call("GET", `/institutions/${id}`).catch(() => null);
  return (language() === "en" && place?.name_en) || place?.name || id;
}

/** A browser that signed in before has waits of its own, whatever others try elsewhere. */
function thisDevice() {
  const device_secret = browser.get("device");
  return device_secret ? { device_secret } : {};
}
