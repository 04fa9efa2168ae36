/* Gives buttons with data-print their work; they are hidden where scripts do not run. */
"use strict";
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
