// The supergraph of the gateway and its neighbours, by the two composers that teams use.
import { composeServices as composeWithApollo } from "@apollo/composition";
import { composeServices as composeWithGuild } from "@theguild/federation-composition";
import { parse } from "graphql";
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
