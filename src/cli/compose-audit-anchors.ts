import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { SlipwayError } from "../core/errors.ts";
import type { Anchor } from "../ports/anchor.ts";
import { composeAnchors } from "./compose-anchors.ts";
import { findSurroundings, loadConfig } from "./compose.ts";
import { findEnvironment, findProject, type Project } from "./find-project.ts";

/** Where an auditor looks for kept checkpoints. */
export interface AnchorSearch {
  readonly anchors?: readonly string[];
  readonly env?: string;
  readonly project?: string;
}

/**
 * The anchors that were named; else those of the app's config; else the folder where this machine keeps the checkpoints of
 * its practice ledger. Throws `ANCHOR_…` (exit 2).
 */
export async function composeAuditAnchors(
  search: AnchorSearch,
  env: NodeJS.ProcessEnv,
): Promise<readonly Anchor[]> {
  if (search.anchors !== undefined) return Promise.all(search.anchors.map((place) => openAnchor(place, env)));

  const project = await projectIfAny(search.project);
  if (project === undefined || project.config.ledger.anchors.length === 0) return practice(env);
  const { folder, config } = project;
  const [first] = Object.values(config.environments);
  const environment = search.env === undefined ? first : findEnvironment(config, search.env);
  if (environment === undefined) return practice(env);
  const { access } = await findSurroundings(environment, env);
  return composeAnchors(config.ledger, environment, { access, folder, env });
}

async function practice(env: NodeJS.ProcessEnv): Promise<readonly Anchor[]> {
  const access = { region: "", endpoint: undefined, credentials: undefined };
  return composeAnchors({ anchors: [] }, { name: "local", cloud: "local" }, { access, folder: ".", env });
}

async function projectIfAny(project: string | undefined): Promise<Project | undefined> {
  try {
    return await findProject(project, loadConfig);
  } catch (error) {
    const isMissing =
      project === undefined &&
      error instanceof SlipwayError &&
      error.problems.every(({ code }) => code === "CONFIG_MISSING");
    if (isMissing) return undefined;
    throw error;
  }
}

async function openAnchor(place: string, env: NodeJS.ProcessEnv): Promise<Anchor> {
  const [, bucket, prefix] = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(place) ?? [];
  if (bucket !== undefined) {
    const { s3Anchor } = await import("../adapters/aws/s3-anchor.ts");
    const region = env["AWS_REGION"] || env["AWS_DEFAULT_REGION"] || "us-east-1";
    const endpoint = env["AWS_ENDPOINT_URL_S3"] || env["AWS_ENDPOINT_URL"] || undefined;
    return s3Anchor({ region, endpoint, credentials: undefined }, { bucket, prefix: prefix ?? "" });
  }

  const folder = resolve(place.replace(/^file:/, ""));
  // A folder that is not there keeps nothing, which would look like a ledger that nobody anchored.
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    throw new SlipwayError(
      {
        code: "ANCHOR_FOLDER_MISSING",
        at: "--anchors",
        says: `${JSON.stringify(place)} is no folder`,
        hint: "give the folder of kept checkpoints, or s3://bucket/prefix",
      },
      "usage",
    );
  }
  const { fileAnchor } = await import("../adapters/local/file-anchor.ts");
  return fileAnchor(folder);
}
