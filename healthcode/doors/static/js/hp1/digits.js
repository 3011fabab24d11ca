/**
 * The twenty digits a person types or says when there is no camera: `86`, seventeen drawn by chance, one to check.
 * Only the server knows for whom they were drawn. The last is ISO/IEC 7064 MOD 11,10, so a slip of the finger is
 * found before anything is sent.
 */
import { notOurs, unreadable } from "./refusals.js";

/** The digits in `text`; a Refusal for anything but twenty ASCII digits that check. */
export function read(text) {
  if (typeof text !== "string" || !/^[0-9]{20}$/.test(text)) throw unreadable("not twenty digits");
  if (!text.startsWith("86")) throw notOurs("another prefix");
  if (checkDigit(text.slice(0, 19)) !== text[19]) throw unreadable("mistyped");
  return text;
}

/** In groups of four, as they are shown and read out. */
export function spoken(digits) {
  return digits.match(/.{1,4}/g).join(" ");
}

function checkDigit(body) {
  let product = 10;
  for (const digit of body) product = (((product + Number(digit)) % 10 || 10) * 2) % 11;
  return String((11 - product) % 10);
}
