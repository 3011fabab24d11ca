/**
 * Hand-held readers that type what they read ("keyboard wedges"). They work without a click, whatever button has the
 * focus, and under a Chinese input method: keys are taken by their place on the keyboard (`event.code`), never by the
 * character an input method makes of them.
 */

const PAUSE = 100; // ms between two keys of a reader; people are slower
const LEAST = 4; // keys in a row before this is taken for a reader
const QUIET = 250; // ms after which a reader that sends no Enter has ended
const PLAIN = { Space: " ", Minus: "-", Period: ".", Slash: "/", NumpadSubtract: "-", NumpadDecimal: ".", NumpadDivide: "/", NumpadAdd: "+", NumpadMultiply: "*" };
const SHIFTED = { Digit4: "$", Digit5: "%", Digit8: "*", Equal: "+", Semicolon: ":" };

/**
 * The character that a reader set to an American keyboard means by this key, or null. `key` is believed only about
 * Shift: under an input method it may be "Process" or a full-width sign.
 */
export function meant({ code, key = "", shiftKey = false, isCapsLock = false }) {
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(code);
  const letter = /^Key([A-Z])$/.exec(code);
  if (SHIFTED[code] && (shiftKey || key === SHIFTED[code])) return SHIFTED[code];
  if (digit && !(shiftKey && code.startsWith("Digit"))) return digit[1];
  if (letter) {
    const isCapital = /^[A-Za-z]$/.test(key) ? key < "a" : shiftKey !== isCapsLock;
    return isCapital ? letter[1] : letter[1].toLowerCase();
  }
  return shiftKey ? null : PLAIN[code] ?? null;
}

export class Wedge {
  /** @param {(text: string) => void} onText */
  constructor(onText) {
    this.onText = onText;
    this.forget();
  }

  listen(target) {
    // Before any button: an Enter or a space of the reader must not press one.
    target.addEventListener("keydown", (event) => this.key(event), { capture: true });
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || isEditable(event.target)) return;
    const at = event.timeStamp; // when it was pressed: the page may hear of it late, while the camera's picture is read
    if (at - this.last > PAUSE) this.forget();
    const isEnd = ["Enter", "NumpadEnter", "Tab"].includes(event.code);
    const { code, key, shiftKey } = event;
    const character = isEnd ? null : meant({ code, key, shiftKey, isCapsLock: Boolean(event.getModifierState?.("CapsLock")) });
    if (character !== null) this.text += character;
    else if (!isEnd) return; // Shift itself, and keys no code has
    this.last = at;
    if (this.text.length < LEAST) return;
    event.preventDefault();
    event.stopPropagation();
    clearTimeout(this.timer);
    if (isEnd) this.#tell();
    else this.timer = setTimeout(() => this.#listenOnce(), QUIET);
  }

  /** The page may have been busy: keys that waited come before this second timer, and put it off. */
  #listenOnce() {
    this.timer = setTimeout(() => this.#tell(), PAUSE);
  }

  forget() {
    clearTimeout(this.timer);
    this.text = "";
    this.last = -Infinity;
  }

  #tell() {
    const text = this.text;
    this.forget();
    if (text.length >= 20) this.onText(text);
  }
}

function isEditable(target) {
  return Boolean(target?.closest?.("input:not([type=radio], [type=checkbox], [type=button]), textarea, select, [contenteditable]"));
}
