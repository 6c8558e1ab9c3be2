#!/usr/bin/env node
// The process: signals first, then the gateway. As PID 1 of a container a process has no handlers but its own.
import { Signals } from "./process/signals.ts";

const signals = new Signals();
// Imported after the handlers stand: loading everything takes most of the start.
const { runCommand } = await import("./process/command.ts");
await runCommand(process.argv.slice(2), signals);
