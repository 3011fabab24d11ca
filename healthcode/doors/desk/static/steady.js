/** Bring a list up to date and touch nothing that stayed the same: no flicker, and the focus stays where it was. */

const drawn = new WeakMap(); // a row → what it was made of

/**
 * @param {Element} list whose children are rows
 * @param {Array<object>} items each with an `id`
 * @param {(item: object) => Element} make a row of it; whatever the row says must stand in the item
 */
export function keep(list, items, make) {
  const rows = new Map([...list.children].map((row) => [row.dataset.row, row]));
  const focus = list.contains(document.activeElement) ? document.activeElement : null;
  const held = focus && { row: focus.closest("[data-row]")?.dataset.row, act: focus.dataset.act };
  items.forEach((item, at) => {
    const row = rowFor(rows, item, make);
    if (list.children[at] !== row) list.insertBefore(row, list.children[at] ?? null);
  });
  while (list.children.length > items.length) list.lastElementChild.remove();
  if (focus && document.activeElement !== focus) refocus(list, focus, held);
}

function rowFor(rows, item, make) {
  const said = JSON.stringify(item);
  const old = rows.get(item.id);
  if (old && drawn.get(old) === said) return old;
  const row = make(item);
  row.dataset.row = item.id;
  drawn.set(row, said);
  return row;
}

function refocus(list, focus, { row, act }) {
  if (focus.isConnected) return focus.focus();
  const now = [...list.children].find((one) => one.dataset.row === row);
  const button = now?.querySelector(act ? `[data-act="${CSS.escape(act)}"]` : "button") ?? now?.querySelector("button");
  button?.focus();
}
