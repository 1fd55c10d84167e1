import type { WrittenConfig } from "../../../src/core/config/schema.ts";
import type { Release } from "../../../src/core/release/types.ts";

/** What a hostile text is put into before the product reads it. */
export interface Given {
  readonly config: WrittenConfig;
  readonly release: Release;
}

export type Place = (given: Given, text: string) => unknown;

const inRelease =
  (change: (release: Release, text: string) => object): Place =>
  ({ config, release }, text) => ({ config, release: { ...release, ...change(release, text) } });

/** Names that people and CIs choose: each one can hold anything. */
export const PLACES: Readonly<Record<string, Place>> = {
  branch: inRelease((_, branch) => ({ branch })),
  commit: inRelease((_, commit) => ({ commit })),
  tag: inRelease((_, id) => ({ id })),
  version: inRelease((_, version) => ({ version })),
  author: inRelease((_, author) => ({ author })),
  "app of the release": inRelease((_, app) => ({ app })),
  image: inRelease(({ components }, text) => ({
    components: { api: { ...components["api"], image: text } },
  })),
  "image's tag": inRelease(({ components }, text) => ({
    components: {
      api: { ...components["api"], image: `127.0.0.1/diary/api:${text}@${components["api"]?.digest}` },
    },
  })),
  base: inRelease(({ components }, text) => ({ components: { api: { ...components["api"], base: text } } })),
  migration: inRelease(({ migrations }, text) => ({
    migrations: [...migrations, { file: text, sha256: "a".repeat(64) }],
  })),
  component: inRelease(({ components }, text) => ({ components: { [text]: components["api"] } })),
  app: ({ config, release }, app) => ({ config: { ...config, app }, release }),
  environment: ({ config, release }, text) => ({
    config: { ...config, environments: { [text]: config.environments["local"] } },
    release,
  }),
  approver: ({ config, release }, text) => ({
    config: {
      ...config,
      people: { "person-a": { name: text, identities: ["github:1"] } },
      roles: { "qa-lead": ["person-a"] },
    },
    release,
  }),
  identity: ({ config, release }, text) => ({
    config: {
      ...config,
      people: { "person-a": { name: "Person A", identities: [text] } },
      roles: { "qa-lead": ["person-a"] },
    },
    release,
  }),
};
