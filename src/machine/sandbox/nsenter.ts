import type { NamespaceKind } from "./holder.ts";
import { needTool } from "./tools.ts";

const FLAGS: Readonly<Record<NamespaceKind, string>> = {
  user: "--user",
  mnt: "--mount",
  net: "--net",
  pid: "--pid",
  ipc: "--ipc",
  uts: "--uts",
};

/** The call that runs a command in the given namespaces (paths by kind). Our identity is kept, as each maps it. */
export function enterArgv(
  namespaces: Partial<Readonly<Record<NamespaceKind, string>>>,
  command: readonly string[],
  options: readonly string[] = [],
): [string, ...string[]] {
  const flags = Object.entries(namespaces).map(([kind, path]) => `${FLAGS[kind as NamespaceKind]}=${path}`);
  return [needTool("nsenter"), ...flags, "--preserve-credentials", ...options, "--", ...command];
}
