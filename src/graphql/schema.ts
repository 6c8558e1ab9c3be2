// Builds the executable schema: the SDL in schema/ with its resolvers, as a federation subgraph.
import { readdirSync, readFileSync } from "node:fs";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { parse, type GraphQLSchema } from "graphql";
import { resolvers } from "./resolvers/index.ts";

/** The relative path is the same from dist/graphql/ and from src/graphql/. */
const directory = new URL("../../schema/", import.meta.url);

/** @throws when a file is missing or is not valid SDL */
export function createSchema(): GraphQLSchema {
  const files = readdirSync(directory).filter((name) => name.endsWith(".graphql"));
  const typeDefs = parse(files.map((name) => readFileSync(new URL(name, directory), "utf8")).join("\n"));
  return buildSubgraphSchema([{ typeDefs, resolvers }]);
}
