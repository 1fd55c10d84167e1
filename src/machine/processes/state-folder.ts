import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/**
 * Where this machine's Slipway keeps what outlives a run: `$SLIPWAY_HOME`, else `$XDG_STATE_HOME/slipway`, else
 * `~/.local/state/slipway`. The folder exists afterwards; one that had to be created is readable by its owner alone.
 */
export function stateFolder(env: NodeJS.ProcessEnv = process.env): string {
  const folder = chosen(env);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

function chosen(env: NodeJS.ProcessEnv): string {
  // An empty variable means "not set" (XDG base directory specification).
  if (env["SLIPWAY_HOME"]) return resolve(env["SLIPWAY_HOME"]);
  if (env["XDG_STATE_HOME"]) return join(resolve(env["XDG_STATE_HOME"]), "slipway");
  return join(env["HOME"] || homedir(), ".local", "state", "slipway");
}
