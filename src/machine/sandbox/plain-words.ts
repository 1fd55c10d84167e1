import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Bind, Reach, SandboxRequest } from "./types.ts";

// Without a root of its own a process sees this machine's paths. What its command line and environment say about its
// container is translated as far as a text can be: whole absolute paths, lists of them, and `alias:port`.

/** The request in this machine's words. `folder` is the copy of the root. */
export function inMachineWords(
  request: SandboxRequest,
  folder: string,
): { argv: [string, ...string[]]; env: Record<string, string>; cwd: string } {
  const say = (text: string) => withPaths(withReaches(text, request.reaches ?? []), request.binds, folder);
  const [program, ...rest] = request.argv;
  return {
    argv: [say(program), ...rest.map(say)],
    env: Object.fromEntries(Object.entries(request.env).map(([name, value]) => [name, say(value)])),
    cwd: place(request.cwd, request.binds, folder) ?? join(folder, request.cwd),
  };
}

function withPaths(text: string, binds: readonly Bind[], folder: string): string {
  if (!text.startsWith("/")) return text;
  return text
    .split(":")
    .map((part) => place(part, binds, folder) ?? part)
    .join(":");
}

/** Where an absolute path of the container is on this machine; undefined when the container does not have it. */
function place(path: string, binds: readonly Bind[], folder: string): string | undefined {
  if (!path.startsWith("/")) return undefined;
  const bind = binds
    .filter(({ target }) => path === target || path.startsWith(`${target}/`))
    .toSorted((a, b) => b.target.length - a.target.length)[0];
  if (bind !== undefined) return bind.source + path.slice(bind.target.length);
  const copied = join(folder, path);
  return path !== "/" && existsSync(copied) ? copied : undefined;
}

function withReaches(text: string, reaches: readonly Reach[]): string {
  return reaches.reduce((text, { alias, port, to }) => {
    const host = to.kind === "address" ? to.host : "127.0.0.1";
    if (text === alias) return host;
    return text.replaceAll(
      new RegExp(`(?<![\\w.-])${escape(`${alias}:${port}`)}(?!\\d)`, "g"),
      `${host}:${to.port}`,
    );
  }, text);
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
