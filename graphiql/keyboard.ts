// The page by keyboard: few tab stops, a way into the editor and out of it, and a focus that stays where the user put it.

const EDITOR = ".graphiql-query-editor textarea";
const TABS = ".graphiql-tabs";
/** Monaco's suggestions, search and parameter hints. */
const OPEN_WIDGET = ".suggest-widget.visible, .find-widget.visible, .parameter-hints-widget.visible";

/** Moves the focus into the query editor. */
export function focusEditor(): void {
  document.querySelector<HTMLTextAreaElement>(EDITOR)?.focus();
}

/**
 * Improves GraphiQL's own elements, which it renders again and again.
 *
 * @returns a function that undoes it
 */
export function installKeyboard(page: HTMLElement): () => void {
  const observer = new MutationObserver(() => {
    makeTabsOneStop(page);
  });
  observer.observe(page, { subtree: true, childList: true, attributeFilter: ["aria-selected"] });
  makeTabsOneStop(page);
  // Before Monaco, which stops some keys.
  page.addEventListener("keydown", onKeyDown, true);
  return () => {
    observer.disconnect();
    page.removeEventListener("keydown", onKeyDown, true);
  };
}

/** A list of tabs is one tab stop, and arrow keys move within it (ARIA Authoring Practices, "Tabs Pattern"). */
function makeTabsOneStop(page: HTMLElement): void {
  for (const tab of page.querySelectorAll(`${TABS} [role="tab"]`)) {
    const isActive = tab.getAttribute("aria-selected") === "true";
    tab.removeAttribute("tabindex");
    for (const button of tab.querySelectorAll("button")) {
      button.tabIndex = isActive && button.classList.contains("graphiql-tab-button") ? 0 : -1;
    }
  }
}

function onKeyDown(event: KeyboardEvent): void {
  if (!(event.target instanceof HTMLElement)) return;
  const tab = event.target.closest(`${TABS} [role="tab"]`);
  if (tab !== null) onTabKey(event, tab);
  else if (event.key === "Escape") leaveEditor(event, event.target);
}

function onTabKey(event: KeyboardEvent, tab: Element): void {
  const tabs = [...(tab.parentElement?.querySelectorAll('[role="tab"]') ?? [])];
  const index = tabs.indexOf(tab);
  const next: Record<string, number> = {
    ArrowLeft: (index + tabs.length - 1) % tabs.length,
    ArrowRight: (index + 1) % tabs.length,
    Home: 0,
    End: tabs.length - 1,
  };
  const button = tabs[next[event.key] ?? -1]?.querySelector("button");
  if (button !== null && button !== undefined) {
    event.preventDefault();
    button.click();
    button.focus();
  } else if (event.key === "Delete") tab.querySelector<HTMLElement>(".graphiql-tab-close")?.click();
}

/** In the editor, the Tab key indents. Escape moves the focus to the frame around it, from where Tab goes on. */
function leaveEditor(event: KeyboardEvent, target: HTMLElement): void {
  const frame = target.closest(".monaco-editor")?.closest<HTMLElement>('[tabindex="0"]');
  // Escape closes a widget first.
  const isWidgetOpen = frame?.querySelector(OPEN_WIDGET) != null;
  if (!frame || isWidgetOpen) return;
  event.stopPropagation();
  frame.focus();
}

/**
 * Gives the focus back when the Explorer takes it: it focuses its fields whenever they appear, so opening it, or changing
 * the tab while it is open, would move the cursor into the field `workspaceId`.
 *
 * @returns a function that undoes it
 */
export function guardFocus(explorer: HTMLElement): () => void {
  let isInvited = false;
  const onInput = (event: Event) => {
    const isTabKey = event instanceof KeyboardEvent && event.key === "Tab";
    isInvited = isTabKey || (event.target instanceof Node && explorer.contains(event.target));
  };
  const onFocus = ({ target, relatedTarget }: FocusEvent) => {
    if (isInvited || !(target instanceof HTMLInputElement)) return;
    if (relatedTarget instanceof HTMLElement) relatedTarget.focus();
    else target.blur();
    // The browser has scrolled the field into view.
    for (let outer = target.parentElement; outer !== null; outer = outer.parentElement) outer.scrollLeft = 0;
  };
  for (const type of ["pointerdown", "keydown"]) document.addEventListener(type, onInput, true);
  explorer.addEventListener("focusin", onFocus);
  return () => {
    for (const type of ["pointerdown", "keydown"]) document.removeEventListener(type, onInput, true);
    explorer.removeEventListener("focusin", onFocus);
  };
}
