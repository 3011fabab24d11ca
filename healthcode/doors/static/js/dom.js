/** The little that pages need of the document. Text goes in as text, never as markup. */

export const $ = (selector, root = document) => root.querySelector(selector);

/** An element with attributes and children; strings become text. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Show exactly one of these sections, and put the reader of the page at its beginning. */
export function showOnly(wanted, sections) {
  for (const section of sections) section.hidden = section !== wanted;
}

/** Say what is wrong in the nearest place made for it; an empty text takes it away. */
export function complain(root, text, tone = "stop") {
  const place = $("[data-trouble]", root);
  place.dataset.tone = tone;
  place.textContent = text;
  place.hidden = !text;
}

/** Keep a button from being pressed twice while its deed runs. */
export async function whileBusy(button, deed) {
  button.disabled = true;
  try {
    return await deed();
  } finally {
    button.disabled = false;
  }
}

/** Call `act` for clicks on `[data-act=name]`. */
export function onAct(acts) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-act]");
    const act = button && acts[button.dataset.act];
    if (act) act(button);
  });
}
