// Prepares the module where `slipway call` looks first, and has Node compile it once. See ../prepare-module.mjs.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { INSTALLED, prepareModuleIn } from "../../src/cli/call/module/prepared-module.ts";

const CHILD = join(import.meta.dirname, "../../src/cli/call/child/main.ts");

try {
  const { compiled, source, compileCache } = await prepareModuleIn(
    INSTALLED,
    process.env,
    AbortSignal.timeout(100_000),
  );
  // The module's process, without a parent to answer to: it loads everything and ends.
  spawnSync(process.execPath, [CHILD, compiled, source.sdk], {
    env: { PATH: process.env["PATH"], NODE_COMPILE_CACHE: compileCache },
    timeout: 20_000,
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
