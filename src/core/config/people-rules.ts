import { personOf } from "../acts/person-of.ts";
import type { Problem } from "../errors.ts";
import { assignApprovals } from "../gates/assign-approvals.ts";
import type { Config } from "./types.ts";

/** What is wrong with people, their identities, their roles, and with approvals that nobody could ever give. */
export function peopleFaults(config: Config): Omit<Problem, "code">[] {
  return [...identityFaults(config), ...roleFaults(config), ...approvalFaults(config)];
}

function identityFaults({ people }: Config) {
  return Object.entries(people).flatMap(([key, { identities }]) =>
    identities
      .map((identity, index) => ({ identity, index, owner: personOf(people, identity) }))
      .filter(({ owner }) => owner !== key)
      .map(({ identity, index, owner }) => ({
        at: `people/${key}/identities/${index}`,
        says: `is given to ${owner} as well: "${identity}"`,
        hint: "leave it with the person it belongs to",
      })),
  );
}

function roleFaults({ people, roles }: Config) {
  const known = Object.keys(people);
  return Object.entries(roles).flatMap(([role, members]) =>
    members
      .map((person, index) => ({ person, index }))
      .filter(({ person }) => !known.includes(person))
      .map(({ person, index }) => ({
        at: `roles/${role}/${index}`,
        says: `there is no person "${person}"`,
        hint: known.length === 0 ? "describe them under people" : `known: ${known.join(", ")}`,
      })),
  );
}

function approvalFaults(config: Config) {
  return Object.entries(config.environments).flatMap(([env, { policy }]) => {
    const asked = policy.approvals?.roles ?? {};
    const at = `environments/${env}/approvals/roles`;
    const short = Object.entries(asked)
      .map(([role, count]) => ({ role, count, members: membersOf(config, role) }))
      .filter(({ count, members }) => members.length < count)
      .map(({ role, count, members }) => ({
        at: `${at}/${role}`,
        says: `asks for ${howMany(count)} with the role ${role}; ${members.join(", ") || "nobody"} has it`,
        hint: `name people under people and ${role} under roles, or write approvals: false`,
      }));
    return short.length > 0 ? short : togetherFaults(config, asked, at);
  });
}

/** Each role has enough people, and still the same ones would have to approve twice. */
function togetherFaults(config: Config, asked: Readonly<Record<string, number>>, at: string) {
  const given = Object.keys(asked).flatMap((role) =>
    membersOf(config, role).map((person) => ({ role, person })),
  );
  const wanted = Object.values(asked).reduce((sum, count) => sum + count, 0);
  if (assignApprovals(asked, given).length === wanted) return [];
  return [
    {
      at,
      says: `asks for ${howMany(wanted)}, each once; ${[...new Set(given.map(({ person }) => person))].join(", ")} cannot fill these roles without signing twice`,
      hint: "add people to the roles",
    },
  ];
}

function membersOf({ roles }: Config, role: string): readonly string[] {
  return Object.hasOwn(roles, role) ? [...new Set(roles[role])] : [];
}

function howMany(count: number): string {
  return count === 1 ? "1 person" : `${count} people`;
}
