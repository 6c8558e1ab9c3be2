// The page begins here: Apollo Client over the gateway, with what the client kit knows about the cache.
import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { ApolloProvider } from "@apollo/client/react";
import { possibleTypes, typePolicies } from "bird-conversations-client";
import { createRoot } from "react-dom/client";
import { Participants } from "./participants.tsx";

const uri = document.querySelector('meta[name="gateway"]')?.getAttribute("content") ?? "/graphql";
const root = document.getElementById("root");

// A real page would ask its own server for a key, or log its user in; this one plays on the sandbox.
const client = new ApolloClient({
  link: new HttpLink({ uri, headers: { authorization: "AccessKey sandbox" } }),
  cache: new InMemoryCache({ possibleTypes, typePolicies }),
});

if (root !== null) {
  createRoot(root).render(
    <ApolloProvider client={client}>
      <Participants />
    </ApolloProvider>,
  );
}
