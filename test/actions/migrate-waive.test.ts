import { expect, test } from "vitest";
import { sign } from "node:crypto";
import { migrateWaive, type WaivePorts } from "../../src/actions/migrate-waive.ts";
import { proofTools } from "../../src/adapters/local/proof-tools.ts";
import type { Problem } from "../../src/core/errors.ts";
import { describeWaiving } from "../../src/core/migration/describe-waiver.ts";
import { judgeWaivers } from "../../src/core/migration/judge-waivers.ts";
import type { Waiver } from "../../src/core/migration/waiver.ts";
import { waiverRules } from "../../src/core/migration/waiver-rules.ts";
import { aConfig } from "../builders/a-config.ts";
import { aMigration } from "../builders/a-migration.ts";
import { aKey, type TestKey } from "../builders/a-signed-waiver.ts";

const TODAY = "2026-11-21";
const ASKED = {
  rule: "MIGRATION_DOWN_MISSING",
  at: "0002_merge.up.sql",
  reason: "the old values are not kept",
  expires: "2027-01-31",
  restorePlan: "restore the backup of before",
};
const [A, B, STRANGER] = [aKey(), aKey(), aKey()];
const MIGRATIONS = [aMigration("0001_entries"), aMigration("0002_merge")];
const CONFIG = aConfig({
  environments: { production: { cloud: "local" } },
  people: {
    "person-a": { name: "Person A", identities: [A.identity] },
    "person-b": { name: "Person B", identities: [B.identity] },
    "person-c": { name: "Person C", identities: ["git:person-c@example.com"] },
  },
  roles: { "qa-lead": ["person-a"], "tech-lead": ["person-c"] },
});

async function waive(key: TestKey, changes: Partial<typeof ASKED> = {}, problems: readonly Problem[] = []) {
  const kept: Waiver[] = [];
  const shown: string[] = [];
  const ports: WaivePorts = {
    waivers: {
      read: async () => ({ migrations: MIGRATIONS, problems }),
      keep: async (waiver) => void kept.push(waiver),
    },
    key: {
      identity: async () => key.identity,
      prove: async (challenge) => ({
        issuer: "local",
        subject: key.identity,
        method: "ed25519",
        shownName: undefined,
        authTime: undefined,
        proof: {
          publicKey: key.publicKey,
          signature: sign(null, Buffer.from(challenge), key.privateKey).toString("base64url"),
        },
      }),
    },
    proofTools,
    newId: (letter) => `${letter}-00000000-0000-4000-8000-000000000001`,
  };
  const answer = await migrateWaive(
    {
      config: CONFIG,
      waiver: { ...ASKED, ...changes },
      today: TODAY,
      show: (waiver, texts) => void shown.push(describeWaiving("diary", waiver, texts)),
    },
    ports,
  );
  return { answer, kept, shown };
}

test("writes a waiver in its owner's name that production counts, and shows before what is signed", async () => {
  const { answer, kept, shown } = await waive(A);
  expect(answer).toEqual({ kind: "done", waiver: kept[0] });
  expect(kept).toMatchObject([
    { ...ASKED, owner: "person-a", signed: { id: "w-00000000-0000-4000-8000-000000000001" } },
  ]);
  const rules = waiverRules(CONFIG, CONFIG.environments["production"], proofTools);
  expect(judgeWaivers(kept, MIGRATIONS, TODAY, rules)).toEqual([{ waiver: kept[0], fault: undefined }]);
  await expect(`${shown.join("\n")}\n`).toMatchFileSnapshot("../golden/acts/waiving.txt");
});

test("writes nothing for somebody who may not waive, whose signature would not count", async () => {
  const refusals = [await waive(B), await waive(STRANGER)];
  expect(refusals.map(({ kept }) => kept)).toEqual([[], []]);
  expect(refusals.map(({ answer }) => answer)).toEqual([
    {
      kind: "refused",
      exit: "gateClosed",
      problems: [
        {
          code: "WAIVER_NOT_ENTITLED",
          at: "waivers.json",
          says: "the waiver of MIGRATION_DOWN_MISSING for 0002_merge.up.sql by person-b is signed by somebody without a role that production asks for: qa-lead, tech-lead",
          hint: "let one of them sign it: person-a, person-c",
        },
      ],
    },
    {
      kind: "refused",
      exit: "gateClosed",
      problems: [
        {
          code: "ACT_REFUSED",
          at: "people",
          says: `nobody has the identity ${STRANGER.identity}`,
          hint: `add "${STRANGER.identity}" to somebody's identities in the config (known: person-a, person-b, person-c)`,
        },
      ],
    },
  ]);
});

test("a call that cannot be right is refused before anybody signs, all of it at once", async () => {
  const told = async (changes: Partial<typeof ASKED>, problems: readonly Problem[] = []) => {
    const { answer, kept, shown } = await waive(A, changes, problems);
    expect([kept, shown]).toEqual([[], []]);
    return answer.kind === "refused" && answer.exit === "usage"
      ? answer.problems.map(({ code, at, says }) => `${code} ${at} ${says}`)
      : answer.kind;
  };
  const { restorePlan: _plan, ...withoutPlan } = ASKED;
  expect(await told({ ...withoutPlan, restorePlan: "", reason: "a\u0007b" })).toEqual([
    "ACT_TEXT --reason has the character U+0007, which is no text",
    "ACT_TEXT --restore-plan is empty",
  ]);
  expect(await told({ rule: "MIGRATION_EDITED" })).toEqual([
    'WAIVER_INVALID waivers.json/rule is "MIGRATION_EDITED", which no waiver lets through',
  ]);
  expect(await told({ expires: "2026-11-20" })).toEqual([
    "WAIVER_EXPIRED --expires is 2026-11-20, and today is 2026-11-21",
  ]);
  expect(await told({ at: "0002_merg.up.sql" })).toEqual([
    'WAIVER_NO_FILE --at names 0002_merg.up.sql, which is no file of a migration; did you mean "0002_merge.up.sql"?',
  ]);
  const damaged = { code: "FILE_UNREADABLE", at: "waivers.json", says: "is no JSON", hint: "" };
  expect(await told({}, [damaged])).toEqual(["FILE_UNREADABLE waivers.json is no JSON"]);
});
