import type { PersonConfig } from "../config/types.ts";
import type { ProvenIdentity } from "./types.ts";

type People = Readonly<Record<string, PersonConfig>>;

/**
 * Whose an identity is: a key of `people`, or the identity itself when it is nobody's there. Two identities of one person
 * give one answer, so that nobody counts twice.
 */
export function personOf(people: People, identity: string): string {
  return ownerOf(people, identity) ?? identity;
}

/** Whose a proven identity is, by its subject or by its unique id; `undefined` when it is nobody's. */
export function provenPerson(
  people: People,
  { subject, uniqueId }: Pick<ProvenIdentity, "subject" | "uniqueId">,
): string | undefined {
  return ownerOf(people, subject) ?? (uniqueId === undefined ? undefined : ownerOf(people, uniqueId));
}

function ownerOf(people: People, identity: string): string | undefined {
  const owns = ({ identities }: PersonConfig) => identities.some((one) => isSame(one, identity));
  return Object.keys(people).find((person) => people[person] !== undefined && owns(people[person]));
}

/** @param written as the config has it */
function isSame(written: string, asked: string): boolean {
  if (comparable(written) === comparable(asked)) return true;
  // An account that may sign in one repository's runs only is still the account's owner, whoever asks about it.
  const [, account] = /^(github:[^@]+)@\d+$/.exec(written) ?? [];
  return account !== undefined && account === asked;
}

// The last part of an assumed role's ARN is what its user wrote there, so it says nothing about who that is. In an
// address the case says nothing either: two spellings of it would be two people.
function comparable(identity: string): string {
  const session = /^(arn:[a-z-]+:sts::\d{12}:assumed-role\/[^/]+)\/.+$/.exec(identity);
  if (session?.[1] !== undefined) return session[1];
  return identity.startsWith("git:") ? identity.toLowerCase() : identity;
}
