// The line above GraphiQL: what the page is connected to, and what the browser keeps.
import { useRef } from "react";
import type { Upstream } from "./upstream.ts";

type NoticeProps = { upstream: Upstream; onClear: () => void };

/** Follows GraphiQL in the document, so that its button is the last tab stop; page.css shows it above. */
export function Notice({ upstream, onClear }: NoticeProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <aside className={upstream.isReal ? "notice real" : "notice"} aria-label="About this page">
      <p>
        <strong>{upstream.notice}</strong>{" "}
        <span className="detail">This browser saves queries, but no headers.</span>
      </p>
      <button type="button" onClick={() => dialog.current?.showModal()}>
        Clear saved queries…
      </button>
      <dialog ref={dialog} aria-labelledby="clear-title">
        <h2 id="clear-title">Clear saved queries?</h2>
        <p>
          This browser saves the tabs, queries, variables and history of this page, personal data in them
          included. It does not save headers. Clearing removes all of it, and cannot be undone.
        </p>
        <form method="dialog">
          <button autoFocus>Cancel</button>
          <button type="button" className="danger" onClick={onClear}>
            Clear
          </button>
        </form>
      </dialog>
    </aside>
  );
}
