import { describe, expect, test } from "@jest/globals";
import * as events from "../../src/observability/events.ts";
import { code, readDocument, tableOf } from "../support/markdown.ts";

const operations = readDocument("docs/operations.md");
const eventsSource = readDocument("src/observability/events.ts");
const metricsSource = readDocument("src/observability/metrics.ts");

describe("docs/operations.md", () => {
  test("lists every metric of the gateway with its labels, and no other", async () => {
    const rows = tableOf(operations, "metric", "by", "what");
    const metrics = (await events.metrics.text()).matchAll(/^# TYPE (gateway_\w+)/gm);
    expect(rows.map((row) => code(row["metric"])).sort()).toEqual(
      [...metrics].map(([, name]) => name).sort(),
    );
    for (const row of rows) {
      const labels = [...(row["by"] ?? "").matchAll(/`(\w+)`/g)]
        .map(([, label]) => `"${label ?? ""}"`)
        .join(", ");
      const declared =
        new RegExp(`name: "${code(row["metric"])}",[^}]*?labelNames: \\[([^\\]]*)\\]`).exec(
          metricsSource,
        )?.[1] ?? "";
      expect([row["metric"], labels]).toEqual([row["metric"], declared]);
    }
  });

  test("explains every event that is logged above debug, at its level", () => {
    const rows = tableOf(operations, "event", "level", "what it means");
    const explained = rows.map((row) => `${row["level"] ?? ""} ${code(row["event"])}`);
    const logged = [...eventsSource.matchAll(/log\.(info|warn|error)\(\{\s*event: "(\w+)"/g)].map(
      ([, level, event]) => `${level ?? ""} ${event ?? ""}`,
    );
    const forPeople = ["info started", "info stopping", "info accessKeysReloaded"];
    expect(explained.sort()).toEqual(logged.filter((line) => !forPeople.includes(line)).sort());
  });
});
