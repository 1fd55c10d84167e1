/** Somebody's signature for a role. */
export interface Signer {
  /** Key of `people`, or the identity itself. */
  readonly person: string;
  readonly role: string;
}

/** What decides whether a signature counts. */
export interface SignerRules {
  /** Role → keys of `people`. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  /** The release's author and who triggers, as `personOf` names them; undefined when not known (yet). */
  readonly author: string | undefined;
  readonly triggeredBy: string | undefined;
  /** An earlier signature of the same person for the same thing. */
  readonly before: { readonly id: string; readonly role: string } | undefined;
}

/**
 * Why a signature does not count; empty when it does. `approve` refuses by it at once, and the gate by the same
 * sentences later.
 */
export function signerFaults({ person, role }: Signer, rules: SignerRules): string[] {
  const { roles, author, triggeredBy, before } = rules;
  const members = Object.hasOwn(roles, role) ? (roles[role] ?? []) : [];
  const faults: string[] = [];
  if (!members.includes(person)) faults.push(`${person} is not in the role ${role}`);
  if (person === author) faults.push(`${person} wrote the release, and nobody approves their own work`);
  if (person === triggeredBy)
    faults.push(`${person} triggers this deployment, and somebody else approves it`);
  if (before !== undefined) {
    faults.push(`${person} has signed already, as ${before.role} (${before.id}); one person counts once`);
  }
  return faults;
}
