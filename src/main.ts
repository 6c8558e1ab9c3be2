#!/usr/bin/env node
// The entry point. It installs signal handlers first: as PID 1 of a container, a process has no default handlers.
import { Signals } from "./process/signals.ts";

const signals = new Signals();
// Imported after the handlers are installed, because loading the modules takes most of the start.
const { runCommand } = await import("./process/command.ts");
await runCommand(process.argv.slice(2), signals);
