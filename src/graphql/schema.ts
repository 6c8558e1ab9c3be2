// The executable schema: the SDL of schema/ with its resolvers.
import { readdirSync, readFileSync } from "node:fs";
import { makeExecutableSchema } from "@graphql-tools/schema";
import type { GraphQLSchema } from "graphql";
import { resolvers } from "./resolvers/index.ts";

/** As far from dist/graphql/ as from src/graphql/. */
const directory = new URL("../../schema/", import.meta.url);

export function createSchema(): GraphQLSchema {
  const files = readdirSync(directory).filter((name) => name.endsWith(".graphql"));
  const typeDefs = files.map((name) => readFileSync(new URL(name, directory), "utf8"));
  return makeExecutableSchema({ typeDefs, resolvers });
}
