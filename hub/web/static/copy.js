/* Gives buttons with data-copy="ID" their work: the text of that element goes to the clipboard.
   They are hidden where scripts do not run, or where the browser keeps the clipboard closed. */
"use strict";
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy).textContent;
    const word = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch (error) {
      button.textContent = "Not copied: select it by hand";
    }
    setTimeout(() => { button.textContent = word; }, 2000);
  });
}
