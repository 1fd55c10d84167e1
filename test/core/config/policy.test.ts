import { describe, expect, test } from "vitest";
import { readConfig } from "../../../src/core/config/read-config.ts";
import type { WrittenConfig } from "../../../src/core/config/schema.ts";
import { sentence } from "../../../src/core/errors.ts";
import { aConfig, aWrittenConfig, environmentOf } from "../../builders/a-config.ts";

const PEOPLE = {
  "person-a": { name: "Person A", identities: ["github:1", "git:a@example.com"] },
  "person-b": { name: "Person B", identities: [`local:${"b".repeat(64)}`] },
};
const ROLES = { "tech-lead": ["person-a"], "qa-lead": ["person-b"] };
const staffed = { people: PEOPLE, roles: ROLES };

const production = (changes: object, more: object = staffed) => ({
  ...more,
  environments: { production: { cloud: "local", ...changes } },
});
const windows = (changes: object) => production({ windows: { zone: "Europe/Berlin", ...changes } });
const promoted = (froms: Readonly<Record<string, string>>) => ({
  environments: Object.fromEntries(
    Object.entries(froms).map(([env, from]) => [env, { cloud: "local", promotion: { from } }]),
  ),
});

const FAULTS: Readonly<Record<string, object>> = {
  "window-zone-unknown": windows({ zone: "Europe/Berln" }),
  "window-zone-is-an-offset": windows({ zone: "+01:00" }),
  "window-without-zone": production({ windows: { holidays: [] } }),
  "window-without-days": windows({ open: [{ days: [], from: "09:00", to: "15:00" }] }),
  "window-without-hours": windows({ open: [] }),
  "window-day-unknown": windows({ open: [{ days: ["monday"], from: "09:00", to: "15:00" }] }),
  "window-times-wrong": windows({ open: [{ days: ["mon"], from: "9:00", to: "24:00" }] }),
  "window-key-mistyped": windows({ holiday: ["2026-12-25"] }),
  "window-is-true": production({ windows: true }),
  "holidays-that-are-no-dates": windows({ holidays: ["2026-12-25", "2026-02-30", "25.12.2026"] }),
  "blackouts-that-are-none": windows({
    blackouts: [
      { from: "2026-12-19T00:00", to: "2026-12-19T00:00", reason: "nothing" },
      { from: "2026-12-19T00:00", to: "2027-01-02T00:00", reason: "year's end" },
      { from: "2027-01-02T00:00", to: "2026-12-19T00:00", reason: "turned around" },
    ],
  }),
  "blackout-without-times": windows({ blackouts: [{ from: "2026-12-19", to: "2026-13-01T00:00" }] }),
  "rate-limit-of-nothing": production({ rateLimit: { deployments: 0, hours: 0.5 } }),
  "promotion-from-nowhere": promoted({ production: "staging", uat: "production" }),
  "promotion-from-itself": promoted({ uat: "uat" }),
  "promotion-in-a-circle": promoted({ a: "b", b: "c", c: "a", d: "a" }),
  "approvals-without-people": production({}, {}),
  "approvals-without-roles": production({ approvals: { roles: {} } }),
  "approvals-by-more-than-there-are": production({ approvals: { roles: { "qa-lead": 2, "tech-lead": 1 } } }),
  "approvals-by-one-person-twice": production(
    {},
    { people: PEOPLE, roles: { "tech-lead": ["person-a"], "qa-lead": ["person-a", "person-a"] } },
  ),
  "role-of-a-stranger": production({}, { people: PEOPLE, roles: { ...ROLES, owner: ["person-c"] } }),
  "identity-of-two": production(
    {},
    {
      people: { ...PEOPLE, "person-c": { name: "Person C", identities: ["github:3", "git:A@example.com"] } },
      roles: ROLES,
    },
  ),
  "identity-unknown-kind": production(
    {},
    { people: { ...PEOPLE, "person-c": { name: "", identities: ["a@example.com"] } }, roles: ROLES },
  ),
  "ledger-without-anchor-on-aws": {
    environments: { demo: { cloud: "aws", account: "123456789012", tasks: someTasks() } },
    ledger: { anchors: [{ kind: "file", folder: "/srv/checkpoints" }] },
  },
  "ledger-anchor-of-no-kind": {
    ledger: { origin: "a b", anchors: [{ kind: "tape" }, { kind: "s3" }, { kind: "file", bucket: "x" }] },
  },
  "policy-several-at-once": {
    environments: {
      staging: { cloud: "local" },
      production: {
        cloud: "local",
        promotion: { from: "stagin" },
        windows: {
          zone: "UTC",
          blackouts: [{ from: "2026-12-19T00:00", to: "2026-12-18T00:00", reason: "turned around" }],
        },
      },
    },
  },
};

function someTasks() {
  return {
    executionRole: "arn:aws:iam::123456789012:role/diary-execution",
    subnets: ["subnet-1"],
    securityGroups: ["sg-1"],
  };
}

describe("a policy with faults is refused with sentences that name the place, the fault and the way out", () => {
  test.each(Object.entries(FAULTS))("%s", async (name, changes) => {
    const result = readConfig({ ...aWrittenConfig(), ...changes });

    const said = result.kind === "refused" ? result.problems.map(sentence).join("\n") : "not refused";
    await expect(`${said}\n`).toMatchFileSnapshot(`../../golden/config/${name}.txt`);
    expect(result.kind).toBe("refused");
  });
});

const HOURS = [{ days: ["mon", "tue", "wed", "thu"], from: "09:00", to: "15:00" }];
const OPEN = {
  windows: undefined,
  rateLimit: undefined,
  promotion: undefined,
  approvals: undefined,
  rollbackLimitSeconds: 300,
  watchSeconds: 0,
  migrations: { rehearsed: false, drift: "note", waivers: "noted" },
  backup: { kind: "none" },
};
const policyOf = (environments: WrittenConfig["environments"], name: string) =>
  environmentOf(aConfig({ ...staffed, environments }), name).policy;

describe("what an environment demands when nothing is written goes by its name", () => {
  test("production: hours in New York, one in 4 hours, two leads, a watch of a minute", () => {
    expect(policyOf({ production: { cloud: "local" } }, "production")).toEqual({
      windows: { zone: "America/New_York", open: HOURS, holidays: [], blackouts: [], overrun: "finish" },
      rateLimit: { deployments: 1, hours: 4 },
      promotion: undefined,
      approvals: { roles: { "tech-lead": 1, "qa-lead": 1 }, expireHours: 24 },
      rollbackLimitSeconds: 300,
      watchSeconds: 60,
      migrations: { rehearsed: true, drift: "refuse", waivers: "signed" },
      backup: { kind: "none" },
    });
  });

  test("staging: one lead", () => {
    expect(policyOf({ staging: { cloud: "local" } }, "staging")).toEqual({
      ...OPEN,
      approvals: { roles: { "qa-lead": 1 }, expireHours: 24 },
    });
  });

  test.each(["local", "development", "demo"])("%s: nothing", (name) => {
    expect(policyOf({ [name]: { cloud: "local" } }, name)).toEqual(OPEN);
  });

  test("development, staging and production follow each other within a day, where they exist", () => {
    const three = {
      development: { cloud: "local" },
      staging: { cloud: "local" },
      production: { cloud: "local" },
    } as const;
    expect(policyOf(three, "development").promotion).toBeUndefined();
    expect(policyOf(three, "staging").promotion).toEqual({ from: "development", withinHours: 24 });
    expect(policyOf(three, "production").promotion).toEqual({ from: "staging", withinHours: 24 });
  });
});

describe("what is written takes the place of the default", () => {
  test("false takes a demand away", () => {
    const none = { windows: false, rateLimit: false, promotion: false, approvals: false } as const;
    const environments = { staging: { cloud: "local" }, production: { cloud: "local", ...none } } as const;

    expect(policyOf(environments, "production")).toEqual({
      ...OPEN,
      migrations: { rehearsed: true, drift: "refuse", waivers: "signed" },
      watchSeconds: 60,
    });
  });

  test("a demand is filled in to the end", () => {
    const blackout = { from: "2026-12-19T00:00", to: "2027-01-02T00:00", reason: "year's end" };
    expect(
      policyOf(
        {
          development: { cloud: "local" },
          uat: {
            cloud: "local",
            windows: { zone: "Asia/Tokyo", holidays: ["2026-12-25"], blackouts: [blackout], overrun: "stop" },
            rateLimit: { deployments: 3, hours: 1 },
            promotion: { from: "development" },
            approvals: { roles: { "qa-lead": 1 } },
            rollbackLimitSeconds: 120,
            watchSeconds: 30,
          },
        },
        "uat",
      ),
    ).toEqual({
      windows: {
        zone: "Asia/Tokyo",
        open: HOURS,
        holidays: ["2026-12-25"],
        blackouts: [blackout],
        overrun: "stop",
      },
      rateLimit: { deployments: 3, hours: 1 },
      promotion: { from: "development", withinHours: 24 },
      approvals: { roles: { "qa-lead": 1 }, expireHours: 24 },
      rollbackLimitSeconds: 120,
      watchSeconds: 30,
      migrations: { rehearsed: false, drift: "note", waivers: "noted" },
      backup: { kind: "none" },
    });
  });

  test("the ledger's anchors get a prefix and a region of their own", () => {
    const anchors = [
      { kind: "file", folder: "checkpoints" },
      { kind: "s3", bucket: "checkpoints" },
    ] as const;
    expect(aConfig({ ledger: { anchors: [...anchors], retentionYears: 10 } }).ledger).toEqual({
      origin: "slipway/diary",
      anchors: [
        { kind: "file", folder: "checkpoints" },
        { kind: "s3", bucket: "checkpoints", prefix: "diary/", region: "us-east-1" },
      ],
      retentionYears: 10,
    });
  });
});
