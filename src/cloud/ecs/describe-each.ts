/** What a Describe operation answers for a list: what was found, and `MISSING` for each of the others. */
export function describeEach<T>(
  references: readonly string[],
  find: (reference: string) => T | undefined,
  arnOf: (reference: string) => string,
): { readonly found: T[]; readonly failures: { readonly arn: string; readonly reason: "MISSING" }[] } {
  const found: T[] = [];
  const failures: { arn: string; reason: "MISSING" }[] = [];
  for (const reference of references) {
    const one = find(reference);
    if (one === undefined) failures.push({ arn: arnOf(reference), reason: "MISSING" });
    else found.push(one);
  }
  return { found, failures };
}
