/** Up and down go through a list of buttons; up from the first, and Escape, go back to the field above it. */
export function arrows(list, field = null) {
  field?.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && !list.hidden) move(event, list.querySelector("button"));
  });
  list.addEventListener("keydown", (event) => {
    const buttons = [...list.querySelectorAll("button")];
    const at = buttons.indexOf(event.target);
    if (event.key === "ArrowDown") move(event, buttons[at + 1]);
    if (event.key === "ArrowUp") move(event, buttons[at - 1] ?? field);
    if (event.key === "Escape") move(event, field);
  });
}

function move(event, to) {
  if (!to) return;
  event.preventDefault();
  to.focus();
}
