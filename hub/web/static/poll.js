/* Keeps a part of the page fresh: an element with data-poll="ADDRESS" is replaced by what the
   address answers, every two seconds, until the answer no longer asks for it. The page is complete
   without it. */
"use strict";
const PAUSE = 2000;
async function refresh(element) {
  try {
    const answer = await fetch(element.dataset.poll, { credentials: "same-origin" });
    if (answer.ok && !answer.redirected) {
      const holder = document.createElement("template");
      holder.innerHTML = await answer.text();
      const fresh = holder.content.firstElementChild;
      element.replaceWith(fresh);
      element = fresh;
    }
  } catch (error) {
    /* The server may be restarting; the next round tells. */
  }
  if (element.dataset.poll) {
    setTimeout(refresh, PAUSE, element);
  }
}
for (const element of document.querySelectorAll("[data-poll]")) {
  setTimeout(refresh, PAUSE, element);
}
