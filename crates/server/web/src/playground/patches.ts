// What GraphiQL leaves out for assistive technology, put right from outside.
import { useEffect } from "react";

/** A tab of GraphiQL holds a button to choose it and one to close it, which a `tab` may not: we make them a list of buttons. */
function patchTabs(header: Element): void {
  header.querySelector(".graphiql-tabs")?.setAttribute("role", "list");
  for (const item of header.querySelectorAll(".graphiql-tab")) {
    const isActive = item.classList.contains("graphiql-tab-active");
    item.setAttribute("role", "listitem");
    item.removeAttribute("aria-selected");
    const button = item.querySelector(".graphiql-tab-button");
    if (isActive) button?.setAttribute("aria-current", "true");
    else button?.removeAttribute("aria-current");
    item.querySelector(".graphiql-tab-close")?.setAttribute("aria-label", `Close ${button?.textContent ?? "tab"}`);
  }
  document.getElementById("graphiql-session")?.setAttribute("role", "region");
}

/** A button of the history is called by what it shows, and not by what it does. */
function patchHistory(container: Element): void {
  for (const label of container.querySelectorAll(".graphiql-history-item-label[aria-label]")) label.removeAttribute("aria-label");
}

/** Keeps the patches on while GraphiQL redraws. */
export function usePatches(): void {
  useEffect(() => {
    const header = document.querySelector(".graphiql-session-header");
    if (!header) return;
    const options = { subtree: true, childList: true, attributeFilter: ["class", "aria-selected"] };
    const observer = new MutationObserver(() => {
      observer.disconnect();
      patchTabs(header);
      observer.observe(header, options);
    });
    patchTabs(header);
    observer.observe(header, options);
    const container = document.querySelector(".graphiql-container");
    const second = new MutationObserver(() => container && patchHistory(container));
    if (container) second.observe(container, { subtree: true, childList: true });
    return () => {
      observer.disconnect();
      second.disconnect();
    };
  }, []);
}
