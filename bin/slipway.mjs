#!/usr/bin/env node
// Starts the CLI. Plain JavaScript that any Node since 20 can read: it answers --version at once, and hands over to
// the Node of the `node` package when the one it was started with cannot run TypeScript.
import { readFileSync } from "node:fs";
import nodeModule from "node:module";

const [first, ...rest] = process.argv.slice(2);

if ((first === "--version" || first === "-V") && rest.length === 0) {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  process.stdout.write(`${manifest.version}\n`);
} else if (process.features.typescript) {
  nodeModule.enableCompileCache?.();
  const { main } = await import("../src/main.ts");
  await main(process.argv.slice(2));
} else {
  await handOver();
}

async function handOver() {
  const node = nodeFromPackage();
  if (node === undefined) {
    process.stderr.write(
      `slipway: this Node (${process.version}) cannot run TypeScript (run \`npm ci\`, or use Node 22.18 or newer)\n`,
    );
    process.exitCode = 2;
    return;
  }

  const { spawn } = await import("node:child_process");
  const child = spawn(node, process.argv.slice(1), { stdio: "inherit" });
  // A terminal sends Ctrl-C to the whole group; staying alive lets the child decide how to end.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.on("SIGHUP", () => child.kill("SIGHUP"));
  child.on("error", (error) => {
    process.stderr.write(`slipway: ${node} does not start: ${error.message} (run \`npm ci\` again)\n`);
    process.exitCode = 2;
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 70);
    // The handlers above would swallow the signal that has to end this process as it ended the child.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** The package's binary, when it is there and is not the one that runs already. */
function nodeFromPackage() {
  try {
    const node = nodeModule.createRequire(import.meta.url).resolve("node/bin/node");
    return node === process.execPath ? undefined : node;
  } catch {
    return undefined;
  }
}
