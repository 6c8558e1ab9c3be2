import type { Linter } from "eslint";

export declare const importWalls: Linter.Config[];
