import { describe, expect, test } from "vitest";
import { proofTools } from "../../../src/adapters/local/proof-tools.ts";
import { applyWaivers } from "../../../src/core/migration/apply-waivers.ts";
import { judgeWaivers } from "../../../src/core/migration/judge-waivers.ts";
import { readWaivers, type Waiver } from "../../../src/core/migration/waiver.ts";
import { waiverRules, type WaiverRules } from "../../../src/core/migration/waiver-rules.ts";
import { problemText } from "../../../src/core/problem-text.ts";
import { aConfig } from "../../builders/a-config.ts";
import { aMigration } from "../../builders/a-migration.ts";
import { aKey, aWaiver, signedBy, waiverRulesFor } from "../../builders/a-signed-waiver.ts";

const [A, B, STRANGER] = [aKey(), aKey(), aKey()];
const PEOPLE = { "person-a": A, "person-b": B };
const RULES = waiverRulesFor(PEOPLE);
const MIGRATION = { ...aMigration("0002_merge"), renderedSha256: "b".repeat(64) };
const TODAY = "2027-01-31";
const GOOD = signedBy(A, aWaiver(), MIGRATION);

/** The code of what speaks against a waiver, read from a file as it would be. */
function verdictOf(waiver: unknown, rules: WaiverRules | undefined = RULES, migration = MIGRATION): string {
  const { waivers, problems } = readWaivers({ waivers: [waiver] });
  const judged = judgeWaivers(waivers, [aMigration("0001_a"), migration], TODAY, rules);
  return problems[0]?.code ?? judged[0]?.fault?.code ?? "counts";
}

test("a waiver that its owner signed for these texts counts, to the end of its last day", () => {
  expect(verdictOf(GOOD)).toBe("counts");
  expect(judgeWaivers([GOOD], [MIGRATION], "2027-02-01", RULES)[0]?.fault?.code).toBe("WAIVER_EXPIRED");
});

describe("a word that was changed after the signature voids it", () => {
  const other = "c".repeat(64);
  const edits: Record<keyof Waiver, Waiver> = {
    rule: { ...GOOD, rule: "LINT_ROW_SECURITY_OFF" },
    at: { ...GOOD, at: "0001_a.up.sql" },
    owner: { ...GOOD, owner: "person-b" },
    reason: { ...GOOD, reason: "the old values are not kept " },
    expires: { ...GOOD, expires: "2099-01-31" },
    restorePlan: { ...GOOD, restorePlan: "none" },
    signed: signedBy(STRANGER, aWaiver(), MIGRATION),
  };
  test.each(Object.entries(edits))("%s", (key, edited) => {
    expect(verdictOf(edited)).toBe(key === "signed" ? "WAIVER_STRANGER" : "WAIVER_FORGED");
  });

  const { signed } = GOOD;
  if (signed === undefined) throw new Error("the builder's waiver is not signed");
  const flipped = (text: string) => `${text.startsWith("A") ? "B" : "A"}${text.slice(1)}`;
  const parts: Record<keyof typeof signed, typeof signed> = {
    id: { ...signed, id: "w-00000000-0000-4000-8000-000000000002" },
    upSha256: { ...signed, upSha256: other },
    downSha256: { ...signed, downSha256: other },
    renderedSha256: { ...signed, renderedSha256: other },
    publicKey: { ...signed, publicKey: B.publicKey },
    signature: { ...signed, signature: flipped(signed.signature) },
  };
  test.each(Object.entries(parts))("signed/%s", (_key, edited) => {
    expect(verdictOf({ ...GOOD, signed: edited })).toBe("WAIVER_FORGED");
  });

  test("every letter of the signature and of the key counts, the last one too", () => {
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (const part of ["signature", "publicKey"] as const) {
      const whole = signed[part];
      const last = letters.split("").filter((letter) => letter !== whole.at(-1));
      const verdicts = last.map((letter) =>
        verdictOf({ ...GOOD, signed: { ...signed, [part]: whole.slice(0, -1) + letter } }),
      );
      expect(verdicts.filter((verdict) => verdict === "counts")).toEqual([]);
    }
  });
});

test("what is added to a signed waiver is refused with the file", () => {
  expect(verdictOf({ ...GOOD, also: "0003_x.up.sql" })).toBe("WAIVER_INVALID");
  expect(verdictOf({ ...GOOD, signed: { ...GOOD.signed, by: "person-a" } })).toBe("WAIVER_INVALID");
  expect(verdictOf({ ...GOOD, signed: { ...GOOD.signed, upSha256: undefined } })).toBe("WAIVER_INVALID");
  expect(verdictOf({ ...GOOD, signed: true })).toBe("WAIVER_INVALID");
});

test("an edited migration voids its waiver, whichever of its texts was edited", () => {
  const { up, down } = MIGRATION;
  const edited = "d".repeat(64);
  const changed = [
    { ...MIGRATION, up: { ...up, sha256: edited } },
    { ...MIGRATION, down: { ...down, sha256: edited } },
    { ...MIGRATION, renderedSha256: edited },
  ];
  expect(changed.map((migration) => verdictOf(GOOD, RULES, migration))).toEqual([
    "WAIVER_TEXT_CHANGED",
    "WAIVER_TEXT_CHANGED",
    "WAIVER_TEXT_CHANGED",
  ]);
});

test("a signature counts for one app and one owner, who must be in the config and hold a role", () => {
  const byB = signedBy(B, aWaiver({ owner: "person-b" }), MIGRATION);
  const asOwnIdentity = signedBy(STRANGER, aWaiver({ owner: STRANGER.identity }), MIGRATION);
  expect({
    ofAnotherApp: verdictOf(signedBy(A, aWaiver(), MIGRATION, "ledger")),
    byAnotherPerson: verdictOf(signedBy(B, aWaiver(), MIGRATION)),
    byAStranger: verdictOf(signedBy(STRANGER, aWaiver(), MIGRATION)),
    byAStrangerInTheirOwnName: verdictOf(asOwnIdentity),
    withoutARole: verdictOf(byB),
    whereNoRoleIsAsked: verdictOf(byB, { ...RULES, holders: undefined }),
    whereNobodyIsKnown: verdictOf(GOOD, { ...RULES, people: {} }),
  }).toEqual({
    ofAnotherApp: "WAIVER_FORGED",
    byAnotherPerson: "WAIVER_STRANGER",
    byAStranger: "WAIVER_STRANGER",
    byAStrangerInTheirOwnName: "WAIVER_STRANGER",
    withoutARole: "WAIVER_NOT_ENTITLED",
    whereNoRoleIsAsked: "counts",
    whereNobodyIsKnown: "WAIVER_STRANGER",
  });
});

test("where a note is enough an unsigned waiver counts, and a signature that is there must still be right", () => {
  const noted = { ...RULES, demand: "noted" } as const;
  expect(verdictOf(aWaiver())).toBe("WAIVER_UNSIGNED");
  expect(verdictOf(aWaiver(), noted)).toBe("counts");
  expect(verdictOf({ ...GOOD, reason: "another" }, noted)).toBe("WAIVER_FORGED");
  expect(verdictOf(signedBy(STRANGER, aWaiver(), MIGRATION), noted)).toBe("WAIVER_STRANGER");
});

test("on the way down any waiver counts, also one that has ended", () => {
  const old = aWaiver({ expires: "2020-01-01" });
  expect(judgeWaivers([old, GOOD], [], TODAY, "unasked").map(({ fault }) => fault)).toEqual([
    undefined,
    undefined,
  ]);
});

test("a rule that no waiver may let through, and a day that is none, are told", () => {
  const { problems } = readWaivers({
    waivers: [
      aWaiver({ rule: "WAIVER_UNSIGNED" }),
      aWaiver({ rule: "MIGRATION_EDITED", expires: "2027-02-30" }),
    ],
  });
  expect(problems.map(({ at, says }) => `${at} ${says}`)).toEqual([
    'waivers.json/waivers/0/rule is "WAIVER_UNSIGNED", which no waiver lets through',
    'waivers.json/waivers/1/rule is "MIGRATION_EDITED", which no waiver lets through',
    'waivers.json/waivers/1/expires should be a day like 2027-01-31, got "2027-02-30"',
  ]);
});

test("of two waivers of one rule and file the one that counts lets it pass", () => {
  const problem = {
    code: "MIGRATION_DOWN_MISSING",
    at: "0002_merge.up.sql",
    says: "has no down file",
    hint: "",
  };
  const judged = judgeWaivers([aWaiver(), GOOD], [MIGRATION], TODAY, RULES);
  expect(applyWaivers([problem], judged)).toEqual({ left: [], waived: [GOOD] });
  const unsigned = judged.slice(0, 1);
  expect(applyWaivers([problem, problem], unsigned)).toEqual({
    left: [problem, unsigned[0]?.fault, problem],
    waived: [],
  });
});

test("production asks for a signature by somebody with one of its roles; without an environment the strictest is asked", () => {
  const config = aConfig({
    environments: { local: { cloud: "local" }, production: { cloud: "local" } },
    people: {
      "person-a": { name: "Person A", identities: [A.identity] },
      "person-b": { name: "Person B", identities: [B.identity] },
      "person-c": { name: "Person C", identities: [STRANGER.identity] },
    },
    roles: { "qa-lead": ["person-a"], "tech-lead": ["person-b"] },
  });
  const { local, production } = config.environments;
  const holders = { roles: ["qa-lead", "tech-lead"], people: ["person-a", "person-b"] };
  const shown = (rules: WaiverRules) => [rules.demand, rules.where, rules.holders];
  expect(shown(waiverRules(config, production, proofTools))).toEqual(["signed", "production", holders]);
  expect(shown(waiverRules(config, undefined, proofTools))).toEqual(["signed", "production", holders]);
  expect(shown(waiverRules(config, local, proofTools))).toEqual(["noted", "local", undefined]);
});

test("each thing that speaks against a waiver has its own sentence", async () => {
  const edited = { ...MIGRATION, up: { ...MIGRATION.up, sha256: "d".repeat(64) } };
  const byB = signedBy(B, aWaiver({ owner: "person-b" }), MIGRATION);
  const cases = [
    [aWaiver(), MIGRATION],
    [{ ...GOOD, expires: "2026-12-31" }, MIGRATION],
    [{ ...GOOD, reason: "another" }, MIGRATION],
    [GOOD, edited],
    [signedBy(B, aWaiver(), MIGRATION), MIGRATION],
    [signedBy(STRANGER, aWaiver(), MIGRATION), MIGRATION],
    [byB, MIGRATION],
  ] as const;
  const texts = cases.flatMap(([waiver, migration]) => {
    const [judged] = judgeWaivers([waiver], [migration], TODAY, RULES);
    return judged?.fault === undefined ? [] : [`${judged.fault.code}\n${problemText(judged.fault)}\n`];
  });
  const text = texts.join("\n").replaceAll(STRANGER.identity, "local:…");
  await expect(text).toMatchFileSnapshot("../../golden/migrations/waivers-that-do-not-count.txt");
});
