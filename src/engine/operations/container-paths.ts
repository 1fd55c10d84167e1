import { posix } from "node:path";
import { flagOf, textOf } from "../graph/arguments.ts";
import type { Arguments } from "../graph/recipe.ts";
import type { ContainerConfig, ContainerState } from "../state/container.ts";

/** Replaces `$NAME` and `${NAME}` by the container's variables; an unknown name becomes nothing. */
export function expandVariables(text: string, env: ReadonlyMap<string, string>): string {
  return text.replaceAll(
    /\$(?:\{([^}]*)\}|([A-Za-z_][A-Za-z0-9_]*))/g,
    (_, braced: string | undefined, bare: string | undefined) => env.get(braced ?? bare ?? "") ?? "",
  );
}

/** A path argument as an absolute path: variables replaced when `expand` is set, relative ones below the workdir. */
export function pathOf(state: ContainerState, args: Arguments, name = "path"): string {
  const written = textOf(args, name);
  return absolutePath(state, flagOf(args, "expand") ? expandVariables(written, state.config.env) : written);
}

/** A path inside the container, absolute and without "." and "..". */
export function absolutePath(state: ContainerState, path: string): string {
  const joined = posix.resolve("/", state.config.workdir, path);
  // A trailing slash means "into this directory" to those who write files.
  return path.endsWith("/") && joined !== "/" ? `${joined}/` : joined;
}

/** The same path relative to the root directory, as directories of a snapshot want it. */
export function belowRoot(path: string): string {
  return path.replace(/^\/+/, "");
}

/** True when `path` is `folder` or lies in it. Both absolute. */
export function isWithin(path: string, folder: string): boolean {
  const bare = path.replace(/\/+$/, "");
  return bare === folder || folder === "/" || bare.startsWith(`${folder}/`);
}

/** The state with some of its config changed. */
export function withConfig(state: ContainerState, change: Partial<ContainerConfig>): ContainerState {
  return { ...state, config: { ...state.config, ...change } };
}
