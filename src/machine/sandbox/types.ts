// What a sandbox is asked to do and what it answers. Types only; `start.ts` in this folder does it.

import type { Socket } from "node:net";

/** A directory or file of this machine shown inside the sandbox. */
export interface Bind {
  readonly source: string;
  readonly target: string;
  readonly writable?: boolean;
}

/**
 * The root file system of a sandbox: immutable layer directories, lowest first, plus what the process writes.
 *
 * Layers use overlayfs' own notation (a removed name is a character device 0:0). `opaque` lists, for each layer by
 * position, the directories that hide everything below them, relative to the root and without a leading slash.
 */
export interface RootFileSystem {
  readonly layers: readonly string[];
  /** Empty directory that receives the changes; it becomes a layer of its own. */
  readonly upper: string;
}

/** A service of the outside that the sandbox may reach as `alias:port`. */
export interface Reach {
  readonly alias: string;
  readonly port: number;
  /** Where connections go: another sandbox's port, or an address of this machine. */
  readonly to:
    | { readonly kind: "sandbox"; readonly sandbox: RunningSandbox; readonly port: number }
    | { readonly kind: "address"; readonly host: string; readonly port: number };
}

export interface SandboxRequest {
  readonly root: RootFileSystem;
  readonly binds: readonly Bind[];
  /** Paths inside that get an empty private in-memory or scratch directory. `/tmp` is always one of the root's own directories. */
  readonly temporary?: readonly string[];
  readonly argv: readonly [string, ...string[]];
  /** The whole environment of the process; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Numeric identity seen inside; 0 unless said. */
  readonly uid?: number;
  readonly gid?: number;
  readonly stdin?: string | Uint8Array;
  readonly reaches?: readonly Reach[];
  /**
   * Hosts of the outside to carry besides ports 22, 80, 443, 9418 and what this process' proxy and registry variables
   * name; allowed even where the address is this machine's own (but not its loopback: that needs a reach).
   */
  readonly outbound?: readonly { readonly host: string; readonly port: number }[];
  /** Names besides the reaches that must resolve to the sandbox itself, such as its own host name. */
  readonly hostname?: string;
  /** Milliseconds until the whole process tree is killed. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly onOutput?: (chunk: Buffer, stream: "stdout" | "stderr") => void;
}

export interface SandboxExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
  /** Directories of `root.upper` that hide what lies below them (overlayfs "opaque"), relative to the root. */
  readonly opaque: readonly string[];
  /** Names removed by the process that `root.upper` does not show as whiteouts: the plain strategy cannot make them. */
  readonly removed: readonly string[];
}

export interface RunningSandbox {
  /** Process id of the sandbox's outermost process on this machine. */
  readonly pid: number;
  readonly exited: Promise<SandboxExit>;
  /** A TCP connection to a port that the sandboxed process listens on. Rejects with ECONNREFUSED while nothing listens. */
  connect(port: number): Promise<Socket>;
  /** SIGTERM to the sandboxed process, SIGKILL to the whole tree after `graceMs`. Resolves when everything is gone. */
  stop(graceMs?: number): Promise<SandboxExit>;
}

/** How this machine isolates; decided once per process and told to the user once. */
export interface SandboxAbility {
  readonly kind: "bubblewrap" | "namespaces" | "plain";
  /** overlayfs works, so an exec does not copy its root. */
  readonly overlay: boolean;
  /** The sandbox has a network of its own; when false it shares this machine's. */
  readonly network: boolean;
  /** One sentence for the user, empty when nothing is missing. */
  readonly note: string;
}
