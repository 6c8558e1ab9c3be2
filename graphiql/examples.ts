// The tabs of a first visit: the numbered operations of examples/.

const files = import.meta.glob<string>("../examples/*.graphql", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** In the order of their numbers. */
export const examples: { query: string }[] = Object.keys(files)
  .toSorted()
  .map((name) => ({ query: files[name] ?? "" }));
