import { CreateRepositoryCommand, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChildRunner } from "../../cloud/ecs/child-runner.ts";
import { practiceCloud, type PracticeCloud } from "../../cloud/practice-cloud.ts";
import { LabPostgres } from "./lab-postgres.ts";
import { programOf, type Version } from "./app-versions.ts";
import { schemasOnTheWay, prepareTemplates } from "./databases.ts";

/** Everything that cells share: a cloud, a Postgres, the images. */
export interface Lab {
  readonly folder: string;
  readonly practice: PracticeCloud;
  readonly postgres: LabPostgres;
  readonly runner: ChildRunner;
  /** Version → `<registry>/<repository>@<digest>`. */
  readonly images: ReadonlyMap<Version, string>;
  /** Fingerprints of the app's schema, from none of its migrations to all of them. */
  readonly schemas: readonly string[];
  close(): Promise<void>;
}

/** Time in the cloud passes so many times faster. */
const COMPRESSION = 100;

export async function startLab(): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-faults-"));
  const programs: Record<string, string> = {};
  const runner = new ChildRunner(programs);
  const [practice, postgres] = await Promise.all([
    practiceCloud({ runner, compression: COMPRESSION, startupMs: 10_000 }),
    LabPostgres.start(join(folder, "postgres")),
  ]);
  await prepareTemplates(postgres.url);
  const schemas = await schemasOnTheWay(postgres.url);
  await practice.clients.ecr.send(new CreateRepositoryCommand({ repositoryName: "diary/api" }));

  const images = new Map<Version, string>();
  for (const version of [1, 2, 3, 4] as const) {
    const image = await pushImage(practice, version);
    images.set(version, image);
    programs[image] = programOf(version);
  }
  return {
    folder,
    practice,
    postgres,
    runner,
    images,
    schemas,
    async close() {
      await practice.close();
      await postgres.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function pushImage({ cloud, clients }: PracticeCloud, version: Version): Promise<string> {
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [],
    annotations: { version: String(version) },
  });
  const digest = `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
  const { authorizationData } = await clients.ecr.send(new GetAuthorizationTokenCommand({}));
  const answer = await fetch(`http://${cloud.registry}/v2/diary/api/manifests/${digest}`, {
    method: "PUT",
    headers: {
      "content-type": "application/vnd.oci.image.index.v1+json",
      authorization: `Basic ${authorizationData?.[0]?.authorizationToken}`,
    },
    body: manifest,
  });
  if (answer.status !== 201) throw new Error(`the registry answered ${answer.status}`);
  return `${cloud.registry}/diary/api@${digest}`;
}
