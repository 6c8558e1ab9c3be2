// One branch for each way a call can end. A missing branch does not compile.

type Member = { readonly __typename: string };

/** The member of a result's union with this name, also where codegen has grouped several names. */
type Named<Result extends Member, Name> = Result extends unknown
  ? Name extends Result["__typename"]
    ? Result & { readonly __typename: Name }
    : never
  : never;

type Branches<Result extends Member> = {
  readonly [Name in Result["__typename"]]: (member: Named<Result, Name>) => unknown;
};

/**
 * Calls the branch of the member that a result is, and returns what it returns.
 *
 * @throws where the gateway is newer than the types, and answers with a member that they do not know
 */
export function matchResult<Result extends Member, Each extends Branches<Result>>(
  result: Result,
  branches: Each,
): ReturnType<Each[Result["__typename"]]>;
export function matchResult(
  result: Member,
  branches: Readonly<Record<string, ((member: Member) => unknown) | undefined>>,
): unknown {
  const branch = branches[result.__typename];
  if (branch === undefined) throw new TypeError(`matchResult has no branch for ${result.__typename}`);
  return branch(result);
}
