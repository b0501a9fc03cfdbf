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

/** The tab in front is in sight, wherever the others end. */
function showActiveTab(header: Element): void {
  header.querySelector(".graphiql-tab-active")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** An entry of the history is called "Set active", whatever it holds; it shall be called what it shows. */
function patchHistory(panel: Element): void {
  for (const entry of panel.querySelectorAll(".graphiql-history-item-label[aria-label]")) entry.removeAttribute("aria-label");
}

/** Keeps the patches on while GraphiQL redraws. */
export function usePatches(): void {
  useEffect(() => {
    const header = document.querySelector(".graphiql-session-header");
    const panel = document.querySelector(".graphiql-plugin");
    if (!header || !panel) return;
    const entries = new MutationObserver(() => patchHistory(panel));
    patchHistory(panel);
    entries.observe(panel, { subtree: true, childList: true });
    const options = { subtree: true, childList: true, attributeFilter: ["class", "aria-selected"] };
    const observer = new MutationObserver(() => {
      observer.disconnect();
      patchTabs(header);
      observer.observe(header, options);
    });
    patchTabs(header);
    observer.observe(header, options);
    const active = new MutationObserver(() => showActiveTab(header));
    // Tabs slide to their places, which only their style tells.
    active.observe(header, { subtree: true, childList: true, attributeFilter: ["class", "style"] });
    const room = new ResizeObserver(() => showActiveTab(header));
    room.observe(header);
    return () => {
      room.disconnect();
      active.disconnect();
      observer.disconnect();
      entries.disconnect();
    };
  }, []);
}
