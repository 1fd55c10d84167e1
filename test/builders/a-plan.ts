import type { Plan } from "../../src/core/plan/types.ts";
import { canonicalSha256 } from "../../src/adapters/local/canonical-sha256.ts";
import { COMMIT } from "./a-release.ts";

/** A plan to bring staging from release 1 to release 2, with its fingerprint. */
export function aPlan(changes: Partial<Omit<Plan, "fingerprint">> = {}): Plan {
  const content = {
    schema: 1,
    app: "diary",
    environment: "staging",
    release: { id: "sha-1a2b3c4-20260131-120002", version: "2.0.0", commit: COMMIT, sha256: "2".repeat(64) },
    configSha256: "c".repeat(64),
    migrations: { applied: 1, pending: [{ file: "0002_mood.up.sql", sha256: "b".repeat(64) }] },
    components: {
      api: {
        revision: "arn:aws:ecs:us-east-1:000000000000:task-definition/diary-staging-api:1",
        image: `127.0.0.1:5000/diary/api@sha256:${"2".repeat(64)}`,
        desired: 2,
      },
    },
    wayBack: "sha-1a2b3c4-20260131-120001",
    worstRollbackSeconds: 75,
    ...changes,
  } as const;
  return { ...content, fingerprint: canonicalSha256(content) };
}
