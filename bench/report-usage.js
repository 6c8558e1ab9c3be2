// Imported into every process that is started here: tells its parent what it has used, and ends with its parent.
const { channel } = process;

process.on("message", (request) => {
  if (request === "collectGarbage") globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicroseconds: user + system, heapBytes: process.memoryUsage().heapUsed });
});

// Also when the parent was killed and could not clean up.
process.on("disconnect", () => process.exit());

// Being asked is no reason to stay.
channel?.unref();
