// Tells whether a URL is the GraphQL endpoint.

/** True for `/graphql` and `/graphql/`, with or without a query. */
export function isGraphqlUrl(url: string): boolean {
  return /^\/graphql\/?(\?|$)/.test(url);
}
