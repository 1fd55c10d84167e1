import type { Version } from "../lab/app-versions.ts";
import type { Verb } from "../lab/world.ts";
import type { End } from "../oracle/facts.ts";

/** A run of the product, and the world it meets. */
export interface Scenario {
  readonly name: ScenarioName;
  /** Versions that are deployed before, in this order. */
  readonly setUp: readonly Version[];
  readonly verb: Verb;
  /** What it is asked to bring. */
  readonly target: Version;
  /** What serves before. */
  readonly before: Version | undefined;
  /** Where an unattended recovery ends after a kill. */
  readonly ends: readonly End[];
  /** Exit code of a run that nothing happens to. */
  readonly exit: number;
}

export type ScenarioName = "first" | "upgrade" | "failing-smoke" | "rollback";

export const SCENARIOS: Readonly<Record<ScenarioName, Scenario>> = {
  first: {
    name: "first",
    setUp: [],
    verb: ["deploy", 2],
    target: 2,
    before: undefined,
    ends: ["new"],
    exit: 0,
  },
  upgrade: {
    name: "upgrade",
    setUp: [1],
    verb: ["deploy", 2],
    target: 2,
    before: 1,
    ends: ["new"],
    exit: 0,
  },
  "failing-smoke": {
    name: "failing-smoke",
    setUp: [1],
    verb: ["deploy", 3],
    target: 3,
    before: 1,
    ends: ["old"],
    exit: 20,
  },
  rollback: {
    name: "rollback",
    setUp: [1, 2],
    verb: ["rollback"],
    target: 1,
    before: 2,
    ends: ["new", "old"],
    exit: 0,
  },
};

export const ALL_SCENARIOS: readonly Scenario[] = Object.values(SCENARIOS);
