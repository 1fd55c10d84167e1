import type { Problem } from "../errors.ts";
import type { KnownGood } from "./types.ts";

export type RollbackTarget =
  | { readonly kind: "target"; readonly current: KnownGood; readonly target: KnownGood }
  | { readonly kind: "none"; readonly problem: Problem };

/**
 * Where a rollback goes: to the release that was good before the current one; when something else runs than the current
 * one, to the current one. A release that somebody rolled back from is not gone forward to again, unless it is asked for.
 *
 * @param history all commits of the environment, oldest first
 */
export function rollbackTarget(
  history: readonly KnownGood[],
  options: { readonly to: string | undefined; readonly drifted: boolean },
): RollbackTarget {
  const { to, drifted } = options;
  const standing = stillStanding(history);
  const current = standing.at(-1);
  if (current === undefined) {
    return none("nothing was ever deployed here", "deploy a release first");
  }

  if (to !== undefined) {
    if (to === current.release.id && !drifted)
      return none(`"${to}" is what runs`, "leave --to out, or name another release");
    const target = history.findLast(({ release }) => release.id === to);
    return target === undefined
      ? none(`"${to}" was never known good here`, known(history))
      : { kind: "target", current, target };
  }

  const target = drifted ? current : standing.at(-2);
  return target === undefined
    ? none(
        `"${current.release.id}" is the only release that is known good here`,
        "there is nothing to go back to; deploy a release that mends it",
      )
    : { kind: "target", current, target };
}

// Deployments pile up; a rollback takes everything off that was put on after its target.
function stillStanding(history: readonly KnownGood[]): KnownGood[] {
  const pile: KnownGood[] = [];
  for (const commit of history) {
    if (commit.purpose === "rollback") {
      const target = pile.findLastIndex(({ release }) => release.id === commit.release.id);
      if (target >= 0) pile.splice(target);
    }
    if (pile.at(-1)?.release.id === commit.release.id) pile.pop();
    pile.push(commit);
  }
  return pile;
}

function known(history: readonly KnownGood[]): string {
  const ids = [...new Set(history.map(({ release }) => release.id))];
  return `known good so far: ${ids.join(", ")}`;
}

function none(says: string, hint: string): RollbackTarget {
  return { kind: "none", problem: { code: "ROLLBACK_NO_TARGET", at: "rollback", says, hint } };
}
