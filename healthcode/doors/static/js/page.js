/** What every page has: the choice of language and of large print, kept in two cookies that say nothing else. */
import { language, retitle } from "./words.js";

const YEAR = 365 * 24 * 3600;

function keep(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
}

/** Both choices again, where the browser was told to forget everything. */
export function keepChoices() {
  keep("lang", language());
  if (isLarge()) keep("print", "large");
}

function isLarge() {
  return document.documentElement.dataset.print === "large";
}

const print = document.querySelector("[data-act=print]");
print?.setAttribute("aria-pressed", String(isLarge()));
print?.addEventListener("click", () => {
  document.documentElement.dataset.print = isLarge() ? "usual" : "large";
  print.setAttribute("aria-pressed", String(isLarge()));
  keep("print", document.documentElement.dataset.print);
  window.dispatchEvent(new Event("resize")); // codes are drawn to the room they have
});

document.querySelector("[data-act=language]")?.addEventListener("click", () => {
  keep("lang", language() === "zh" ? "en" : "zh");
  location.reload();
});

retitle();
