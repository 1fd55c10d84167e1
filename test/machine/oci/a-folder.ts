import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rm } from "node:fs/promises";
import { onTestFinished } from "vitest";

/** A folder of its own that is gone after the test. */
export async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-oci-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
