// Loaded into a process with `--import`: each SIGUSR2 sets its clock on the wall back by a day. Monotonic time stays.
const DAY_MS = 86_400_000;
const realNow = Date.now;
let offsetMs = 0;

process.on("SIGUSR2", () => {
  offsetMs -= DAY_MS;
  process.stderr.write("the clock was set back\n");
});

Date.now = () => realNow() + offsetMs;
globalThis.Date = new Proxy(Date, {
  construct: (target, values) => Reflect.construct(target, values.length === 0 ? [Date.now()] : values),
});
