import { describe, expect, test } from "vitest";
import { readConfig } from "../../../src/core/config/read-config.ts";
import { sentence } from "../../../src/core/errors.ts";
import { aConfig, aWrittenConfig } from "../../builders/a-config.ts";

const calm = { windows: false, rateLimit: false, promotion: false, approvals: false } as const;
const seeded = (env: string, seeds: unknown, more: object = {}) => ({
  environments: { [env]: { cloud: "local", ...calm, seeds, ...more } },
});

describe("the folder of seeds", () => {
  test.each([
    [{}, "seeds"],
    [{ migrations: "db/migrations" }, "db/seeds"],
    [{ migrations: "db/migrations/" }, "db/seeds"],
    [{ migrations: "db/migrations", seeds: "rows" }, "rows"],
  ])("of %j is %s", (database, folder) => {
    expect(aConfig({ database }).database?.seeds).toBe(folder);
  });
});

test("an environment gets the sets that it names, in their order", () => {
  const config = aConfig(seeded("staging", ["reference", "practice"]) as object);
  expect(config.environments["staging"]?.seeds).toEqual(["reference", "practice"]);
});

test("production may name the set of reference rows", () => {
  expect(readConfig({ ...aWrittenConfig(), ...seeded("production", ["reference"]) })).toMatchObject({
    kind: "config",
  });
});

const FAULTS: Readonly<Record<string, object>> = {
  "seeds-of-production": seeded("production", ["reference", "practice"]),
  "seeds-of-another-production": seeded("live", ["practice"], {
    migrations: { rehearsed: true, drift: "refuse" },
  }),
  "seeds-of-rehearsals": seeded("staging", ["rehearsal"]),
  "seeds-twice": seeded("staging", ["reference", "reference"]),
  "seeds-without-a-database": { ...seeded("staging", ["reference"]), database: undefined },
  "seeds-are-a-path": seeded("staging", ["../practice", ""]),
  "seeds-are-a-text": seeded("staging", "practice"),
  "seeds-out-of-the-app": { database: { seeds: "../seeds" } },
};

describe("seeds that no environment may get are refused, with what to do", () => {
  test.each(Object.entries(FAULTS))("%s", async (name, changes) => {
    const result = readConfig({ ...aWrittenConfig(), ...changes });

    const said = result.kind === "refused" ? result.problems.map(sentence).join("\n") : "not refused";
    await expect(`${said}\n`).toMatchFileSnapshot(`../../golden/config/${name}.txt`);
    expect(result.kind).toBe("refused");
  });
});
