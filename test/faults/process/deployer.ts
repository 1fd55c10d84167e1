// One run of the real CLI in a process of its own. Only the composition is replaced by one that watches every call of a
// port; what is composed, and everything above and below it, is the product as it is.

import { registerHooks } from "node:module";

const COMPOSE = new URL("../../../src/cli/compose.ts", import.meta.url).href;
const WATCHED = new URL("./watched-compose.ts", import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    return found.url === COMPOSE && context.parentURL !== WATCHED ? { ...found, url: WATCHED } : found;
  },
});

const { main } = await import("../../../src/main.ts");
await main(process.argv.slice(2));
