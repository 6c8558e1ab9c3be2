// The supergraph of the gateway and its neighbours, by the two composers that teams use.
import { composeServices as composeWithApollo } from "@apollo/composition";
import { composeServices as composeWithGuild } from "@theguild/federation-composition";
import { parse } from "graphql";
import { askAsRouter } from "./entities.ts";
import type { Subgraph } from "./subgraphs.ts";

export type Composition = {
  supergraph: string;
  errors: string[];
  /** The Guild's composer gives none. */
  hints: string[];
};

export const composers = {
  "@apollo/composition": (subgraphs: readonly Subgraph[]): Composition => {
    const { supergraphSdl = "", errors = [], hints = [] } = composeWithApollo(toServices(subgraphs));
    return {
      supergraph: supergraphSdl,
      errors: errors.map((error) => error.message),
      hints: hints.map((hint) => `${hint.definition.code} ${hint.coordinate ?? ""}`),
    };
  },
  "@theguild/federation-composition": (subgraphs: readonly Subgraph[]): Composition => {
    const { supergraphSdl = "", errors = [] } = composeWithGuild(toServices(subgraphs));
    return { supergraph: supergraphSdl, errors: errors.map((error) => error.message), hints: [] };
  },
};

function toServices(subgraphs: readonly Subgraph[]) {
  return subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) }));
}

/** What a running gateway says of its own schema, as every composer asks for it. */
export async function readSubgraphSdl(url: string, headers: Record<string, string> = {}): Promise<string> {
  const { data } = await askAsRouter<{ _service: { sdl: string } }>(url, "{ _service { sdl } }", {}, headers);
  if (data === undefined || data === null) throw new Error("the gateway does not show its schema");
  return data._service.sdl;
}
