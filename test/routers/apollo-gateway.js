// A router as a process: Apollo Gateway with the supergraph from a file. It forwards the headers of docs/federation.md.
import { readFileSync } from "node:fs";
import { ApolloGateway, RemoteGraphQLDataSource } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";

const [supergraph = "", participantsSubgraph = "participants"] = process.argv.slice(2);

const gateway = new ApolloGateway({
  supergraphSdl: readFileSync(supergraph, "utf8"),
  buildService: ({ name, url = "" }) =>
    new RemoteGraphQLDataSource({
      url,
      apq: process.env["APQ"] === "on",
      willSendRequest: ({ request, context }) => {
        if (name !== participantsSubgraph || context["authorization"] === undefined) return;
        request.http?.headers.set("authorization", context["authorization"]);
        request.http?.headers.set("router-authorization", process.env["ROUTER_SECRET"] ?? "");
      },
    }),
});

const server = new ApolloServer({ gateway });
const { url } = await startStandaloneServer(server, {
  listen: { host: "127.0.0.1", port: Number(process.env["PORT"]) },
  context: ({ req }) => Promise.resolve({ authorization: req.headers.authorization }),
});
console.log(`apollo gateway listening on ${url.replace(/\/$/, "")}`);
