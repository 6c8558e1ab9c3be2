#!/usr/bin/env node
// The process: signals first, then the gateway. As PID 1 of a container a process has no handlers but its own.
import { Signals } from "./process/signals.ts";

const signals = new Signals();
// Imported after the handlers stand: loading everything takes most of the start.
const { runGateway } = await import("./process/run-gateway.ts");
await runGateway(signals);
