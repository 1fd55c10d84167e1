import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import type { CloudAccess } from "../adapters/aws/client-settings.ts";
import type { AnchorConfig, EnvironmentConfig, LedgerConfig } from "../core/config/types.ts";
import { SlipwayError } from "../core/errors.ts";
import type { Anchor } from "../ports/anchor.ts";

export interface AnchorSurroundings {
  /** How the environment's cloud is reached; an anchor in S3 is reached in the same way, in its own region. */
  readonly access: CloudAccess;
  /** The app's folder; folders of the config are relative to it. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Where the ledger of an environment anchors its checkpoints: all places of the config. A local environment without one
 * gets a folder of this machine; any other is refused with ANCHOR_MISSING (exit 2).
 */
export async function composeAnchors(
  ledger: Pick<LedgerConfig, "anchors">,
  environment: Pick<EnvironmentConfig, "name" | "cloud">,
  surroundings: AnchorSurroundings,
): Promise<readonly Anchor[]> {
  if (ledger.anchors.length > 0) return Promise.all(ledger.anchors.map((one) => open(one, surroundings)));
  if (environment.cloud === "local") return [await practiceAnchor(surroundings.env)];
  throw new SlipwayError(
    {
      code: "ANCHOR_MISSING",
      at: "ledger/anchors",
      says: `nothing says where the checkpoints of ${environment.name} are kept`,
      hint: 'name a bucket with Object Lock: ledger: { anchors: [{ kind: "s3", bucket: "…" }] }',
    },
    "usage",
  );
}

async function open(anchor: AnchorConfig, { access, folder, env }: AnchorSurroundings): Promise<Anchor> {
  switch (anchor.kind) {
    case "file": {
      const { fileAnchor } = await import("../adapters/local/file-anchor.ts");
      return fileAnchor(resolve(folder, anchor.folder));
    }
    case "s3": {
      const { s3Anchor } = await import("../adapters/aws/s3-anchor.ts");
      const { bucket, prefix, region } = anchor;
      const endpoint = access.endpoint ?? (env["AWS_ENDPOINT_URL_S3"] || undefined);
      return s3Anchor({ ...access, region, endpoint }, { bucket, prefix });
    }
    default:
      return anchor satisfies never;
  }
}

// The local cloud's ledger is deleted with the cloud's data, and so are its checkpoints: they would refuse the next one.
async function practiceAnchor(env: NodeJS.ProcessEnv): Promise<Anchor> {
  const [{ stateFolder }, { fileAnchor }] = await Promise.all([
    import("../machine/processes/state-folder.ts"),
    import("../adapters/local/file-anchor.ts"),
  ]);
  const ledgerUrl = env["SLIPWAY_LEDGER_URL"] || env["DATABASE_URL"];
  const home = stateFolder(env);
  if (ledgerUrl) return fileAnchor(join(home, "anchors", fingerprint(ledgerUrl)));
  return fileAnchor(join(home, "cloud", env["SLIPWAY_CLOUD"] || "default", "anchors"));
}

/** Names a database by where it is, without its password. */
function fingerprint(url: string): string {
  const { host, pathname } = URL.canParse(url) ? new URL(url) : { host: url, pathname: "" };
  return createHash("sha256").update(`${host}${pathname}`).digest("hex").slice(0, 16);
}
