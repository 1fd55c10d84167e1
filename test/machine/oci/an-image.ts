import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildImage } from "../../../src/machine/oci/build-image.ts";
import type { Image, Platform } from "../../../src/machine/oci/image-types.ts";
import { packLayer } from "../../../src/machine/oci/pack-layer.ts";
import { aFolder } from "./a-folder.ts";

/** An image with one layer that holds one file. */
export async function anImage(content = "content", platform?: Platform): Promise<Image> {
  const folder = await aFolder();
  await writeFile(join(folder, "file"), content, { mode: 0o644 });
  const layer = { folder, removed: [], modes: {}, owners: {} };
  const packed = await packLayer(layer, join(await aFolder(), "layer.tar.gz"));
  return buildImage({
    layers: [packed],
    config: { Entrypoint: ["cat", "/file"], Labels: { b: "2", a: "1" } },
    platform: platform ?? { os: "linux", architecture: "amd64" },
  });
}
