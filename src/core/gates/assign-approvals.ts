/**
 * Picks approvals so that as many as possible of the places that the roles ask for are filled, each person once.
 * Augmenting paths (Kuhn 1955): who is picked may move to another role of theirs to let the next one in.
 *
 * @param asked role → how many
 */
export function assignApprovals<T extends { readonly role: string; readonly person: string }>(
  asked: Readonly<Record<string, number>>,
  given: readonly T[],
): T[] {
  const places = Object.entries(asked).flatMap(([role, count]) => Array<string>(count).fill(role));
  const taken = new Map<number, T>();

  for (const person of new Set(given.map((approval) => approval.person))) seat(person, new Set());
  return [...taken.values()];

  function seat(person: string, seen: Set<number>): boolean {
    return given
      .filter((approval) => approval.person === person)
      .some((approval) =>
        places.some((role, place) => {
          if (role !== approval.role || seen.has(place)) return false;
          seen.add(place);
          const before = taken.get(place);
          if (before !== undefined && !seat(before.person, seen)) return false;
          taken.set(place, approval);
          return true;
        }),
      );
  }
}
