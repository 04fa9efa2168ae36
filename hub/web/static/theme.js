/* Follows the system's light or dark setting. Without JavaScript the pages are light. */
"use strict";
const dark = window.matchMedia("(prefers-color-scheme: dark)");
function follow() {
  document.documentElement.dataset.bsTheme = dark.matches ? "dark" : "light";
}
dark.addEventListener("change", follow);
follow();
