import { describe, expect, test } from "@jest/globals";
import { readConfig } from "../../../src/config/config.ts";
import { fitToDescriptors, readDescriptorLimit } from "../../../src/process/descriptors.ts";

const onBird = { BIRD_API_URL: "https://api.bird.com" };

/** The numbers of connections, of callers and to Bird, that fit below a limit. */
function fit(limit: number | null, environment: Record<string, string> = onBird) {
  const { config, warning } = fitToDescriptors(readConfig(environment), limit);
  return { callers: config.listen.maxConnections, bird: config.bird.maxConnections, warning };
}

describe("fitToDescriptors", () => {
  test.each([null, 1_048_576, 10_356])("changes nothing below a limit of %j", (limit) => {
    expect(fit(limit)).toEqual({ callers: 10_000, bird: 256, warning: null });
  });

  test.each([
    [2048, 1692, 256],
    [1024, 693, 231],
    [256, 117, 39],
    [101, 1, 1],
    [10, 1, 1],
  ])("lowers both below a limit of %d, and says so", (limit, callers, bird) => {
    const fitted = fit(limit);
    expect(fitted).toMatchObject({ callers, bird });
    expect(fitted.warning).toContain(`${limit} file descriptors`);
    expect(fitted.warning).toContain(`lowered to ${callers} and ${bird}`);
  });

  test("counts both ends of the connections to the embedded sandbox", () => {
    expect(fit(10_400, {})).toMatchObject({ bird: 256, callers: 9788 });
    expect(fit(10_400)).toMatchObject({ bird: 256, callers: 10_000 });
  });
});

test("readDescriptorLimit gives a limit where /proc has one", () => {
  expect(readDescriptorLimit() ?? 1).toBeGreaterThan(0);
});
