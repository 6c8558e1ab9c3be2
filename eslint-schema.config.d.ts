import type { Linter } from "eslint";

export declare const schemaRules: Linter.Config;
