// What `npm ci` installs, as the lockfiles say: how many packages, from where, and how old.
import { describe, expect, test } from "@jest/globals";
import { readDocument } from "../support/markdown.ts";

type Package = { deprecated?: string; resolved?: string; os?: string[]; cpu?: string[]; libc?: string[] };

function packagesOf(lockfile: string): Package[] {
  const { packages } = JSON.parse(readDocument(lockfile)) as { packages: Record<string, Package> };
  return Object.entries(packages)
    .filter(([path]) => path !== "")
    .map(([, entry]) => entry);
}

const allows = (allowed: readonly string[] | undefined, what: string) =>
  allowed === undefined || allowed.includes(what);

describe.each(["", "test/clients/", "test/routers/", "examples/web/"])("%spackage-lock.json", (folder) => {
  test("names no registry, so that any can be used", () => {
    expect(packagesOf(`${folder}package-lock.json`).filter(({ resolved }) => resolved !== undefined)).toEqual(
      [],
    );
  });
});

describe("npm ci", () => {
  test("installs fewer than 950 packages on Linux", () => {
    const installed = packagesOf("package-lock.json").filter(
      ({ os, cpu, libc }) => allows(os, "linux") && allows(cpu, "x64") && allows(libc, "glibc"),
    );
    expect(installed.length).toBeLessThan(950);
  });

  test("installs nothing that is deprecated", () => {
    expect(packagesOf("package-lock.json").flatMap(({ deprecated }) => deprecated ?? [])).toEqual([]);
  });
});
