// The entry point of the page: Apollo Client over the gateway, with the cache rules of the client kit.
import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { ApolloProvider } from "@apollo/client/react";
import { possibleTypes, typePolicies } from "bird-conversations-client";
import { createRoot } from "react-dom/client";
import { Participants } from "./participants.tsx";

const uri = document.querySelector('meta[name="gateway"]')?.getAttribute("content") ?? "/graphql";
const root = document.getElementById("root");

// A real page gets a key from its own server, or logs its user in. This one uses the sandbox's key.
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
