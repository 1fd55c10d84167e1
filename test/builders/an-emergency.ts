import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { proofTools } from "../../src/adapters/local/proof-tools.ts";
import { identityOf } from "../../src/adapters/local/person-key.ts";
import {
  emergencyChallenge,
  type EmergencyStatement,
  type SecondPerson,
} from "../../src/core/emergency/second-person.ts";
import type { Config } from "../../src/core/config/types.ts";
import { aConfig } from "./a-config.ts";
import { aRelease } from "./a-release.ts";

/** A person's key on their own machine. */
export interface PersonKey {
  readonly identity: string;
  sign(statement: EmergencyStatement): SecondPerson;
}

export function aPersonKey(): PersonKey {
  const { privateKey } = generateKeyPairSync("ed25519");
  const publicKey = createPublicKey(privateKey).export({ format: "jwk" }).x ?? "";
  const identity = identityOf(publicKey);
  return {
    identity,
    sign: (statement) => {
      const text = emergencyChallenge(statement, proofTools.canonicalize);
      const signature = sign(null, Buffer.from(text, "utf8"), privateKey).toString("base64url");
      return { schema: 1, statement, identity, proof: { publicKey, signature } };
    },
  };
}

/** Who calls on the fake platform; the config below says that it is person-a. */
export const CALLER = "arn:aws:iam::000000000000:user/slipway";

/** A config that knows two tech leads, person-a (who calls) and person-b, and person-c, who has no role. */
export function anEmergencyConfig(keys: Readonly<Record<"a" | "b" | "c", PersonKey>>): Config {
  return aConfig({
    people: {
      "person-a": { name: "Person A", identities: [CALLER, keys.a.identity] },
      "person-b": { name: "Person B", identities: [keys.b.identity] },
      "person-c": { name: "Person C", identities: [keys.c.identity] },
    },
    roles: { "tech-lead": ["person-a", "person-b"] },
  });
}

/** What a second person signs: good for four hours from `now`. */
export function aStatement(now: number, changes: Partial<EmergencyStatement> = {}): EmergencyStatement {
  return {
    act: "break-glass-rollback",
    id: "e-1",
    app: "diary",
    env: "local",
    release: aRelease(1).id,
    reason: "I saw it being down",
    signedAt: new Date(now).toISOString(),
    expiresAt: new Date(now + 4 * 3_600_000).toISOString(),
    ...changes,
  };
}
