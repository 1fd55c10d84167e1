// Runs after `npm ci` in this repository: makes of the Dagger module what `slipway call` needs, so that the first call
// need not. A call makes it itself when this was not run or the module has changed since; so nothing here is an error.
// Plain JavaScript: npm may run on a Node that cannot read TypeScript.

import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

try {
  const node = process.features.typescript
    ? process.execPath
    : createRequire(import.meta.url).resolve("node/bin/node");
  const main = join(import.meta.dirname, "install/prepare-module.ts");
  const { status, stderr, error } = spawnSync(node, ["--disable-warning=ExperimentalWarning", main], {
    encoding: "utf8",
    timeout: 120_000,
  });
  if (status !== 0) throw error ?? new Error(sentenceIn(stderr));
} catch (error) {
  console.error(`slipway: the module is prepared at the first call, not now: ${sentenceIn(error.message)}`);
}

/** Of a stack the line that says what is wrong; else the first line. */
function sentenceIn(text) {
  const lines = text.trim().split("\n");
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines[0];
}
