import { execFile } from "node:child_process";
import { link, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/**
 * Puts overlayfs' whiteouts (character device 0:0) for `removed` into a layer folder. Node cannot make devices, so one
 * is made with `mknod` and linked from then on: Linux has let everyone make this one device since 5.8. Where it cannot
 * be made overlayfs cannot be used either, and the layer's `removed` list alone says what is hidden.
 */
export async function placeWhiteouts(storeFolder: string, layerFolder: string, removed: readonly string[]) {
  const template = join(storeFolder, "whiteout");
  for (const path of removed) {
    const target = join(layerFolder, path);
    await mkdir(dirname(target), { recursive: true });
    if (await linked(template, target)) continue;
    if (!(await makeWhiteout(template))) return;
    if (!(await linked(template, target))) return;
  }
}

async function linked(template: string, target: string): Promise<boolean> {
  try {
    await link(template, target);
    return true;
  } catch (error) {
    // EEXIST: the layer has its own entry there, which hides the lower one by itself.
    return (error as NodeJS.ErrnoException).code === "EEXIST";
  }
}

async function makeWhiteout(template: string): Promise<boolean> {
  const fresh = `${template}.${process.pid}.${performance.now()}`;
  try {
    await promisify(execFile)("mknod", [fresh, "c", "0", "0"], { timeout: 10_000 });
    await rename(fresh, template);
    return true;
  } catch {
    await rm(fresh, { force: true });
    return false;
  }
}
