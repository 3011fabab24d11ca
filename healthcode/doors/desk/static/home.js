/** The way in to work: what this post does. */
import { $ } from "/static/js/dom.js";
import { begin } from "./frame.js";

begin({
  start() {
    const ways = [...document.querySelectorAll("#work [data-room]")].filter((way) => !way.hidden);
    $("#nothing").hidden = ways.length > 0;
    ways[0]?.focus();
  },
});
