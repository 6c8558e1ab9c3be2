// The entry point of the page at /graphiql.
import { createRoot } from "react-dom/client";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./workers.ts";
import { Page } from "./page.tsx";
import { toUpstream } from "./upstream.ts";
import "./page.css";

const root = document.getElementById("root");
const upstream = document.querySelector('meta[name="upstream"]')?.getAttribute("content") ?? "";
if (root !== null) createRoot(root).render(<Page upstream={toUpstream(upstream)} />);
