import { describe, expect, test } from "vitest";
import { sentence } from "../../../src/core/errors.ts";
import { admitRelease } from "../../../src/core/release/admit.ts";
import { readRelease } from "../../../src/core/release/schema.ts";
import type { Release } from "../../../src/core/release/types.ts";
import { aConfig, environmentOf } from "../../builders/a-config.ts";
import { aRelease } from "../../builders/a-release.ts";

const RELEASE = aRelease(1);
const API = RELEASE.components["api"];
const DIGEST = `sha256:${"1".repeat(64)}`;

describe("a manifest", () => {
  test("as it was built is read as it is", () => {
    expect(readRelease(JSON.parse(JSON.stringify(RELEASE)))).toEqual({ kind: "release", release: RELEASE });
  });

  test.each<[string, object, string]>([
    ["another schema", { schema: 2 }, "release/schema: should be 1, the only form this version reads, got 2"],
    [
      "an image by tag",
      { components: { api: { ...API, image: "127.0.0.1:5000/diary/api:latest" } } },
      'release/components/api/image: should be an image by digest: <registry>/<repository>@sha256:<hex>, got "127.0.0.1:5000/diary/api:latest"',
    ],
    [
      "another digest than the image's",
      { components: { api: { ...API, digest: `sha256:${"2".repeat(64)}` } } },
      `release/components/api/digest: differs from the image's: "sha256:${"2".repeat(64)}" (build the release again; a manifest is never edited)`,
    ],
    [
      "an image without a registry",
      { components: { api: { ...API, image: `api@${DIGEST}` } } },
      `release/components/api/digest: the image has no registry: "api@${DIGEST}" (build the release again; a manifest is never edited)`,
    ],
    [
      "an upper-case digest",
      { components: { api: { ...API, digest: `sha256:${"A".repeat(64)}` } } },
      `release/components/api/digest: should be a digest: "sha256:" and 64 lower-case hex digits, got "sha256:${"A".repeat(64)}"`,
    ],
    [
      "a key added by hand",
      { approved: true },
      "release/approved: unknown key (known here: schema, app, id, version, commit, branch, author, createdAt, components, migrations, configSha256)",
    ],
    [
      "an id of another form",
      { id: "v1" },
      'release/id: should be of the form sha-<short commit>-<yyyymmdd>-<hhmmss>, got "v1"',
    ],
    ["a short commit", { commit: "1a2b3c4" }, 'release/commit: should be a full commit hash, got "1a2b3c4"'],
    [
      "a migration in another folder",
      { migrations: [{ file: "../0001.sql", sha256: "a".repeat(64) }] },
      'release/migrations/0/file: should be a file name without a folder, got "../0001.sql"',
    ],
  ])("with %s is refused", (_what, changes, expected) => {
    const result = readRelease({ ...RELEASE, ...changes });

    expect(result.kind === "refused" && result.problems.map(sentence)).toEqual([expected]);
  });

  test.each(["0001\n✓ deployed.sql", "0001\u001B[2J.sql", "0001\u202E.sql", "0001\uD800.sql"])(
    "with a migration whose name no terminal can show is refused: %j",
    (file) => {
      const result = readRelease({ ...RELEASE, migrations: [{ file, sha256: "a".repeat(64) }] });

      expect(result.kind === "refused" && result.problems.map(({ at }) => at)).toEqual([
        "release/migrations/0/file",
      ]);
    },
  );
});

describe("a release is let into an environment", () => {
  const config = aConfig();
  const admit = (release: Release, onDisk = release.migrations, env = environmentOf(config)) =>
    admitRelease(release, config, env, onDisk).map(sentence);

  test("when it is this app's, complete, and its migrations are those on disk", () => {
    expect(admit(RELEASE)).toEqual([]);
  });

  test("not when it is another app's", () => {
    expect(admit(aRelease(1, { app: "other" }))).toEqual([
      'release/app: is for "other", the config is "diary"\'s (give this app\'s release)',
    ]);
  });

  test("not when its components are not the config's", () => {
    expect(admit(aRelease(1, { components: API === undefined ? {} : { web: API } }))).toEqual([
      "release/components/api: is missing; the config has it (build the release again with `slipway call release`)",
      "release/components/web: is not in the config (build the release again with `slipway call release`)",
    ]);
  });

  test("not when a migration differs, is gone, or is new", () => {
    const file = (name: string, letter: string) => ({ file: name, sha256: letter.repeat(64) });
    const release = aRelease(1, { migrations: [file("1.sql", "a"), file("2.sql", "b")] });

    expect(admit(release, [file("1.sql", "9"), file("3.sql", "c")])).toEqual([
      "migrations/1.sql: differs from the release's (released aaaaaaaa, found 99999999) (check out 1a2b3c4d5e6f, or build the release again)",
      "migrations/2.sql: is in the release, not on disk (check out 1a2b3c4d5e6f, or build the release again)",
      "migrations/3.sql: is on disk, not in the release (check out 1a2b3c4d5e6f, or build the release again)",
    ]);
  });

  describe("on AWS", () => {
    const production = {
      ...environmentOf(config),
      name: "production",
      cloud: "aws" as const,
      region: "eu-central-1",
    };
    const inEcr = (region: string, base: string) => {
      const image = `123456789012.dkr.ecr.${region}.amazonaws.com/diary/api@${DIGEST}`;
      return aRelease(1, { components: { api: { kind: "service", image, digest: DIGEST, base } } });
    };
    const pulled = `docker.io/library/node@sha256:${"5".repeat(64)}`;

    test("when its image is in the region's ECR and stands on an image that can be pulled", () => {
      const release = inEcr("eu-central-1", pulled);
      expect(admit(release, release.migrations, production)).toEqual([]);
    });

    test("not when it stands on the machine that built it", () => {
      const release = inEcr("eu-central-1", "host:node@24.21.0");
      expect(admit(release, release.migrations, production)).toEqual([
        'release/components/api/base: stands on "host:node@24.21.0", which exists only on the machine that built it; production is not the local cloud (build the release on Dagger Engine, or with a base image that can be pulled)',
      ]);
    });

    test("not when its image is in another region's ECR", () => {
      const release = inEcr("us-east-1", pulled);
      expect(admit(release, release.migrations, production)).toHaveLength(1);
    });
  });
});
