// Imported into every process of the benchmark: reports its usage to the parent process, and ends with it.
const { channel } = process;

process.on("message", (request) => {
  if (request === "collectGarbage") globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicroseconds: user + system, heapBytes: process.memoryUsage().heapUsed });
});

// This covers a parent that was killed and could not end this process.
process.on("disconnect", () => process.exit());

// The channel to the parent must not keep this process alive.
channel?.unref();
