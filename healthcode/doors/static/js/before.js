/* Runs before anything is painted: the language and the size of print that this person chose on this device. The page
   may come from the offline cache, where it was kept in another language. */
(() => {
  const chosen = Object.fromEntries(document.cookie.split("; ").map((pair) => pair.split("=")));
  const root = document.documentElement;
  if (chosen.lang === "zh" || chosen.lang === "en") root.lang = chosen.lang;
  if (chosen.print === "large") root.dataset.print = "large";
})();
