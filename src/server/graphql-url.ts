// Which URLs are the endpoint of the API.

/** True for `/graphql` and `/graphql/`, with or without a query. */
export function isGraphqlUrl(url: string): boolean {
  return /^\/graphql\/?(\?|$)/.test(url);
}
