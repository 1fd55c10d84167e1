import type { CellFacts, End, Invariant } from "./facts.ts";

/** I2: who was served before is served all the time. */
export const oldServes: Invariant = {
  id: "I2",
  says: "the old version serves until the new one is healthy: no request fails",
  check: ({ probe }) => {
    if (probe === undefined) return [];
    if (probe.sent === 0) return ["the prober sent nothing"];
    return probe.failed === 0
      ? []
      : [`${probe.failed} of ${probe.sent} requests failed: ${probe.failures.join("; ")}`];
  },
};

/** I3: one recovery leads to the new release or to the old one, whole. */
export const converges: Invariant = {
  id: "I3",
  says: "one unattended recovery ends at the new release or at the old one, never in between",
  check: (facts) => {
    const { platform, mayEnd, ledger } = facts;
    const end = endOf(facts);
    const open = ledger.deployments.filter(
      ({ outcome }) => outcome === undefined || outcome === "interrupted",
    );
    return [
      ...(end === undefined ? [`it is mixed: ${JSON.stringify(platform)}`] : []),
      ...(end !== undefined && !mayEnd.includes(end)
        ? [`it ended at ${end}, not at ${mayEnd.join(" or ")}`]
        : []),
      ...(platform.underWay > 1 ? [`${platform.underWay} rollouts are under way`] : []),
      ...open
        .slice(-1)
        .flatMap(({ id, outcome }) =>
          ledger.deployments.at(-1)?.id === id ? [`deployment ${id} is left ${outcome ?? "open"}`] : [],
        ),
    ];
  },
};

/** Where the platform stands; undefined when it is at neither. */
export function endOf({ platform, target, before }: CellFacts): End | undefined {
  const { image, taskImages, desired } = platform;
  if (taskImages.length === 0 && desired === 0) return "nothing";
  const only = new Set(taskImages);
  if (only.size !== 1 || image === undefined || !only.has(image) || taskImages.length !== desired)
    return undefined;
  if (image === target.image) return "new";
  return image === before?.image ? "old" : undefined;
}
