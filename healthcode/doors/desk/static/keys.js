/**
 * Single keys, for hands that never leave the keyboard. A hand-held reader types as well, and what it reads must call
 * nobody: keys in quick succession are let pass, and the Enter at their end presses nothing.
 */

const PAUSE = 100; // ms between two keys of a reader; people are slower

export class Keys {
  /** @param {Record<string, () => void>} acts by `event.code`, so that no input method is in the way */
  constructor(acts, isOn) {
    Object.assign(this, { acts, isOn, last: -Infinity });
    document.addEventListener("keydown", (event) => this.#key(event), { capture: true });
  }

  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || isEditable(event.target)) return;
    const isAlone = event.timeStamp - this.last > PAUSE;
    this.last = event.timeStamp;
    clearTimeout(this.timer);
    if (!isAlone && ["Enter", "NumpadEnter", "Space"].includes(event.code)) event.preventDefault();
    const act = this.acts[event.code];
    if (!act || !isAlone || event.repeat || event.shiftKey || !this.isOn()) return;
    if (event.code === "Enter" && event.target !== document.body) return; // whatever has the focus is pressed
    this.timer = setTimeout(act, PAUSE + 20);
  }
}

function isEditable(target) {
  return Boolean(target?.closest?.("input:not([type=checkbox], [type=radio]), textarea, select"));
}
