// Reads the documents, so that tests can run what they say.
import { readFileSync } from "node:fs";

const root = new URL("../../", import.meta.url);

export function readDocument(path: string): string {
  return readFileSync(new URL(path, root), "utf8");
}

export type Block = { language: string; text: string };

/** The fenced blocks of a document, in order. */
export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = "", text = ""]) => ({
    language,
    text,
  }));
}

/** The rows of the table that begins with these columns: a record per row, by column. */
export function tableOf(markdown: string, ...columns: string[]): Record<string, string>[] {
  const tables = markdown
    .split(/\n{2,}/)
    .map((part) => part.split("\n").filter((line) => line.startsWith("|")));
  const table = tables.find((lines) => columns.every((column, index) => cells(lines[0])[index] === column));
  if (table === undefined) throw new Error(`no table with the columns ${columns.join(", ")}`);
  const names = cells(table[0]);
  return table
    .slice(2)
    .map((line) => Object.fromEntries(cells(line).map((cell, index) => [names[index] ?? "", cell])));
}

function cells(line = ""): string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** The text of a cell that holds one piece of code. */
export function code(cell = ""): string {
  return /^`([^`]*)`$/.exec(cell)?.[1] ?? cell;
}
