import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { identityOf } from "../../src/adapters/local/person-key.ts";
import { proofTools } from "../../src/adapters/local/proof-tools.ts";
import { challengeOf } from "../../src/core/acts/challenge.ts";
import type { Migration } from "../../src/core/migration/types.ts";
import type { Waiver } from "../../src/core/migration/waiver.ts";
import type { WaiverRules } from "../../src/core/migration/waiver-rules.ts";
import { waiverStatement } from "../../src/core/migration/waiver-statement.ts";

/** A key that a test makes anew, as a person has one. */
export interface TestKey {
  readonly privateKey: KeyObject;
  readonly publicKey: string;
  readonly identity: string;
}

export function aKey(): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const text = publicKey.export({ format: "jwk" }).x ?? "";
  return { privateKey, publicKey: text, identity: identityOf(text) };
}

/** A waiver of a missing down that nobody signed. */
export function aWaiver(changes: Partial<Waiver> = {}): Waiver {
  return {
    rule: "MIGRATION_DOWN_MISSING",
    at: "0002_merge.up.sql",
    owner: "person-a",
    reason: "the old values are not kept",
    expires: "2027-01-31",
    restorePlan: "restore the backup of before",
    ...changes,
  };
}

/** The same with a key's signature, for the texts of a migration. */
export function signedBy(key: TestKey, waiver: Waiver, migration: Migration, app = "diary"): Waiver {
  const signed = {
    id: "w-00000000-0000-4000-8000-000000000001",
    upSha256: migration.up.sha256,
    downSha256: migration.down.sha256,
    renderedSha256: migration.renderedSha256,
  };
  const challenge = challengeOf(waiverStatement(app, waiver, signed), proofTools.canonicalize);
  const signature = sign(null, Buffer.from(challenge, "utf8"), key.privateKey).toString("base64url");
  return { ...waiver, signed: { ...signed, publicKey: key.publicKey, signature } };
}

/** Rules of a production that knows two people, one of them without a role that counts. */
export function waiverRulesFor(
  people: Readonly<Record<string, TestKey>>,
  changes: Partial<WaiverRules> = {},
): WaiverRules {
  return {
    demand: "signed",
    where: "production",
    app: "diary",
    people: Object.fromEntries(
      Object.entries(people).map(([name, { identity }]) => [name, { name, identities: [identity] }]),
    ),
    holders: { roles: ["qa-lead", "tech-lead"], people: ["person-a"] },
    tools: proofTools,
    ...changes,
  };
}
