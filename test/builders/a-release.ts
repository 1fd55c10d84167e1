import { canonicalSha256 } from "../../src/adapters/local/canonical-sha256.ts";
import type { Release } from "../../src/core/release/types.ts";

import { aConfig } from "./a-config.ts";

export const COMMIT = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d";

const CONFIG_SHA256 = canonicalSha256(aConfig());

/** Release number `n` of the diary: version n.0.0, digest and id all of their own, built with the builders' config. */
export function aRelease(n = 1, changes: Partial<Release> = {}): Release {
  const digest = `sha256:${String(n).repeat(64).slice(0, 64)}`;
  return {
    schema: 1,
    app: "diary",
    id: `sha-1a2b3c4-20260131-12000${n}`,
    version: `${n}.0.0`,
    commit: COMMIT,
    createdAt: `2026-01-31T12:00:0${n}Z`,
    components: {
      api: {
        kind: "service",
        image: `127.0.0.1:5000/diary/api@${digest}`,
        digest,
        base: "host:node@24.21.0",
      },
    },
    migrations: [{ file: "0001_entries.up.sql", sha256: "a".repeat(64) }],
    configSha256: CONFIG_SHA256,
    ...changes,
  };
}
