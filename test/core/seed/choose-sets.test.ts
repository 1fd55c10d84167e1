import { describe, expect, test } from "vitest";
import { chooseSets } from "../../../src/core/seed/choose-sets.ts";
import { aConfigWith, environmentOf } from "../../builders/a-config.ts";

const PRESENT = ["local", "practice", "production", "reference", "rehearsal"];

function choose(
  name: string,
  { seeds, asked = [], present = PRESENT }: { seeds?: string[]; asked?: string[]; present?: string[] },
  migrations: { rehearsed: boolean; drift: "refuse" | "note" } = { rehearsed: false, drift: "note" },
) {
  const base = environmentOf(aConfigWith({ migrations }));
  // As a config would be that its own check had let through.
  return chooseSets({ environment: { ...base, name, seeds }, folder: "seeds", present, asked });
}
const chosen = (...sets: string[]) => ({ kind: "chosen", sets });
const codes = (answer: ReturnType<typeof choose>) =>
  answer.kind === "refused" ? [answer.exit, ...answer.problems.map(({ code }) => code)] : answer;

describe("an environment gets", () => {
  test("reference and the set of its own name, as far as they are there", () => {
    expect(choose("local", {})).toEqual(chosen("reference", "local"));
    expect(choose("local", { present: ["local"] })).toEqual(chosen("local"));
    expect(choose("staging", {})).toEqual(chosen("reference"));
    expect(choose("staging", { present: [] })).toEqual(chosen());
  });

  test("what its config names and nothing else, in that order", () => {
    expect(choose("local", { seeds: ["practice", "reference"] })).toEqual(chosen("practice", "reference"));
    expect(choose("local", { seeds: [] })).toEqual(chosen());
  });

  test("only what is asked for of that", () => {
    expect(choose("local", { asked: ["local"] })).toEqual(chosen("local"));
    expect(choose("local", { seeds: ["practice", "reference"], asked: ["reference", "practice"] })).toEqual(
      chosen("practice", "reference"),
    );
  });

  test("never what rehearsals are filled with, whatever it is called", () => {
    expect(choose("rehearsal", {})).toEqual(chosen("reference"));
    expect(codes(choose("local", { seeds: ["rehearsal"] }))).toEqual([
      "gateClosed",
      "SEED_SET_OF_REHEARSALS",
    ]);
  });
});

describe("production gets reference alone", () => {
  const strict = { rehearsed: true, drift: "refuse" } as const;

  test("even when a folder of its name is there", () => {
    expect(choose("production", {})).toEqual(chosen("reference"));
    expect(choose("live", { present: ["live", "reference"] }, strict)).toEqual(chosen("reference"));
  });

  test.each([
    ["named in a config that nobody checked", "production", { seeds: ["reference", "practice"] }, undefined],
    ["asked for", "production", { asked: ["practice"] }, undefined],
    ["of its own name", "production", { asked: ["production"] }, undefined],
    ["for one that demands what production demands", "live", { seeds: ["practice"] }, strict],
  ])("a set %s closes the gate", (_what, name, choice, migrations) => {
    expect(codes(choose(name, choice, migrations))).toEqual(["gateClosed", "SEED_NOT_FOR_PRODUCTION"]);
  });

  test("an environment that demands less of its migrations is none", () => {
    expect(choose("staging", { seeds: ["practice"] }, { rehearsed: true, drift: "note" })).toEqual(
      chosen("practice"),
    );
  });
});

test("says what is wrong about a set, and what to do", async () => {
  const answers = [
    choose("production", { seeds: ["reference", "practice"], asked: ["local"] }),
    choose("live", { seeds: ["practice"] }, { rehearsed: true, drift: "refuse" }),
    choose("local", { seeds: ["rehearsal"] }),
    choose("local", { asked: ["practise", "locale"] }),
    choose("local", { asked: ["practice"], present: [] }),
    choose("local", { seeds: ["reference", "demo"] }),
    choose("local", { seeds: ["demo"], present: [] }),
  ];
  const told = answers.flatMap((answer) =>
    answer.kind === "refused"
      ? answer.problems.map(
          ({ code, at, says, hint }) => `${answer.exit} ${code}\n  ${at}: ${says}\n  ${hint}\n`,
        )
      : ["not refused\n"],
  );
  await expect(told.join("")).toMatchFileSnapshot("../../golden/seeds/sets-refused.txt");
});
