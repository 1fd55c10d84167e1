// Runs after `npm ci` in this repository. npm links the commands of dependencies into node_modules/.bin, but not the
// package's own; with this, `npx slipway` works from any folder below, such as examples/diary. Plain JavaScript: npm may
// run on a Node that cannot read TypeScript.

import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";

const bin = resolve(import.meta.dirname, "../node_modules/.bin");
mkdirSync(bin, { recursive: true });
const link = join(bin, "slipway");
rmSync(link, { force: true });
symlinkSync("../../bin/slipway.mjs", link);
