/** A question before what cannot be undone: it names the thing, and stays open when the answer got lost. */
import { $, complain, whileBusy } from "/static/js/dom.js";
import { say } from "/static/js/words.js";

export class Sure {
  /** @param {HTMLDialogElement} dialog @param {(error: Error) => string} inWords what went wrong, for a person */
  constructor(dialog, inWords) {
    Object.assign(this, { dialog, inWords });
  }

  /** Ask in the words under `sure.<kind>`; `deed` runs on a yes. */
  ask(kind, what, deed) {
    this.deed = deed;
    $("#sure-title", this.dialog).textContent = say(`sure.${kind}`);
    $("[data-what]", this.dialog).textContent = say(`sure.${kind}.what`, { what });
    $("[data-act=sure-yes]", this.dialog).textContent = say(`sure.${kind}.yes`);
    complain(this.dialog, "");
    this.dialog.showModal();
  }

  yes(button) {
    complain(this.dialog, "");
    return whileBusy(button, async () => {
      try {
        await this.deed();
        this.dialog.close();
      } catch (error) {
        complain(this.dialog, this.inWords(error));
      }
    });
  }

  no() {
    this.dialog.close();
  }
}
