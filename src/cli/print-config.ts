import { canonicalOrder } from "../core/config/canonical-order.ts";
import { loadConfig } from "./compose.ts";
import { findProject } from "./find-project.ts";
import type { CommonOptions } from "./verb.ts";

/** Prints the complete config; it is one JSON document with and without `--json`. */
export async function printConfig(options: CommonOptions): Promise<void> {
  const { config } = await findProject(options.project, loadConfig);
  process.stdout.write(`${JSON.stringify(canonicalOrder(config), null, 2)}\n`);
}
