import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Secret } from "../../../src/core/secret.ts";
import { buildImage } from "../../../src/machine/oci/build-image.ts";
import { BASE_LABEL, type RunConfig } from "../../../src/machine/oci/image-types.ts";
import { packLayer } from "../../../src/machine/oci/pack-layer.ts";
import { pushImage } from "../../../src/machine/oci/push-image.ts";
import { parseReference } from "../../../src/machine/oci/reference.ts";

export interface TestLayer {
  readonly files?: Readonly<Record<string, string>>;
  readonly removed?: readonly string[];
}

/** Builds an image on the host's Node from layers of files, pushes it, and answers its name by digest. */
export async function pushHostImage(
  registry: string,
  repository: string,
  layers: readonly TestLayer[],
  config: RunConfig,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-image-test-"));
  try {
    const packed = [];
    for (const [index, { files = {}, removed = [] }] of layers.entries()) {
      const content = join(folder, String(index));
      mkdirSync(content, { mode: 0o755 });
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(content, path)), { recursive: true, mode: 0o755 });
        writeFileSync(join(content, path), text, { mode: 0o644 });
      }
      const layer = { folder: content, removed: [...removed], modes: {}, owners: {} };
      packed.push(await packLayer(layer, join(folder, `${index}.tar.gz`)));
    }
    return await push(registry, repository, packed, config);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same from one layer, a folder as it is. */
export async function pushHostFolder(
  registry: string,
  repository: string,
  content: string,
  config: RunConfig,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-image-test-"));
  try {
    const layer = { folder: content, removed: [], modes: {}, owners: {} };
    return await push(registry, repository, [await packLayer(layer, join(folder, "0.tar.gz"))], config);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function push(
  registry: string,
  repository: string,
  layers: Awaited<ReturnType<typeof packLayer>>[],
  config: RunConfig,
): Promise<string> {
  const Labels = { [BASE_LABEL]: `host:node@${process.versions.node}` };
  const image = buildImage({ layers, config: { ...config, Labels } });
  const reference = parseReference(`${registry}/${repository}:test`);
  if (reference === undefined) throw new Error(`no reference: ${registry}/${repository}`);
  const credentials = { username: "slipway", password: new Secret("password", "slipway") };
  const digest = await pushImage([image], reference, { credentials });
  return `${registry}/${repository}@${digest}`;
}
