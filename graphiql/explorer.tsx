// The Explorer, without its habit of taking the focus.
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { useLayoutEffect, useRef } from "react";
import { guardFocus } from "./keyboard.ts";

const original = explorerPlugin({ showAttribution: false });

export const EXPLORER_PLUGIN = { ...original, content: GuardedExplorer };

function GuardedExplorer() {
  return (
    <div>
      <FocusGuard />
      <original.content />
    </div>
  );
}

/** Is rendered before the Explorer, so that its effect runs before the Explorer's fields take the focus. */
function FocusGuard() {
  const here = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const explorer = here.current?.parentElement;
    return explorer ? guardFocus(explorer) : undefined;
  }, []);
  return <span ref={here} />;
}
