import { spawnSync } from "node:child_process";
import type { Holder } from "./holder.ts";
import type { Init } from "./init-pool.ts";
import { enterArgv } from "./nsenter.ts";
import { TOOL_PATH, needTool } from "./tools.ts";

// The command's environment passes through programs of this machine (nsenter) before the root changes. These are the
// variables that would make them load or read other files; glibc itself ignores them in privileged programs.
const LOADER_VARIABLE =
  /^(LD_.*|GCONV_PATH|GETCONF_DIR|GLIBC_TUNABLES|HOSTALIASES|LOCALDOMAIN|LOCPATH|MALLOC_.*|NIS_PATH|NLSPATH|RESOLV_HOST_CONF|RES_OPTIONS|TMPDIR|TZDIR)$/;

const CHANGE_FOLDER = 'cd -- "$0" && exec "$@"';

export interface Entry {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

/** The call that runs a command inside a set-up sandbox, as the given identity. */
export function entryInto(
  base: Holder,
  { holder, network }: Init,
  identity: Holder,
  command: {
    argv: readonly string[];
    env: Readonly<Record<string, string>>;
    cwd: string;
  },
): Entry {
  const late = Object.entries(command.env).filter(([name]) => LOADER_VARIABLE.test(name));
  const lateEnv = late.length === 0 ? [] : ["/usr/bin/env", ...late.map((pair) => pair.join("="))];
  const places = {
    mnt: holder.namespace("mnt"),
    pid: holder.namespace("pid"),
    ipc: holder.namespace("ipc"),
    uts: holder.namespace("uts"),
    ...(network === undefined ? {} : { net: holder.namespace("net") }),
    user: identity.namespace("user"),
  };
  const inner = canSetFolderInside()
    ? enterArgv(places, [...lateEnv, ...command.argv], [`--wdns=${command.cwd}`])
    : enterArgv(places, ["/bin/sh", "-c", CHANGE_FOLDER, command.cwd, ...lateEnv, ...command.argv]);
  return {
    argv: enterArgv({ user: base.namespace("user") }, inner),
    env: Object.fromEntries(Object.entries(command.env).filter(([name]) => !LOADER_VARIABLE.test(name))),
  };
}

let wdns: boolean | undefined;

// util-linux has it since 2.38. `--wd` is no substitute: it opens the folder outside, where a symlink could lead away.
function canSetFolderInside(): boolean {
  wdns ??= spawnSync(needTool("nsenter"), ["--help"], {
    env: { PATH: TOOL_PATH },
    encoding: "utf8",
  }).stdout.includes("--wdns");
  return wdns;
}
