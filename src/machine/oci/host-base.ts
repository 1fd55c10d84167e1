import type { Problem } from "../../core/errors.ts";
import { type HostImageRequest, hostImageRequest } from "./host-image-request.ts";
import { nodeBase } from "./host-node.ts";
import { type PostgresBinaries, postgresBase } from "./host-postgres.ts";
import type { RunConfig } from "./image-types.ts";

/**
 * A tool chain of this machine that stands in for an image. Whoever runs it makes a root of `folders`, `files` and
 * `links` (its own layer, no part of an image) and gives the sandbox `binds`, all read-only. `/tmp` and `/root` are in
 * `folders`; everything of `/usr` but `/usr/local` is this machine's, as are its shared certificates.
 */
export interface HostBase {
  /** `host:node@24.21.0`: what is recorded, and the value of the label `dev.slipway.base`. */
  readonly name: string;
  readonly tool: "node" | "postgres";
  readonly version: string;
  /** A directory or a file of this machine → where it is seen. */
  readonly binds: readonly { readonly source: string; readonly target: string }[];
  /** Directories, with the places where binds go; path → permission bits. */
  readonly folders: Readonly<Record<string, number>>;
  /** Symlinks: path → what it says. */
  readonly links: Readonly<Record<string, string>>;
  /** Files, with empty ones where single files are bound. */
  readonly files: Readonly<Record<string, { readonly content: string; readonly mode: number }>>;
  /** Environment, entrypoint, command, user and ports, as the official image of the tool has them. */
  readonly config: RunConfig;
}

export interface HostTools {
  /** Folder of the Postgres binaries with `bin`, `lib`, `share`; absent: there are none. */
  readonly postgres?: PostgresBinaries;
}

export type HostBaseFound = { readonly base: HostBase } | { readonly problem: Problem };

/** The host base for a request, or the problem: this machine has another major, or has no such tool. */
export async function hostBase(request: HostImageRequest, tools: HostTools = {}): Promise<HostBaseFound> {
  switch (request.tool) {
    case "node":
      return nodeBase(request);
    case "postgres":
      return postgresBase(request, tools.postgres);
    default:
      return request.tool satisfies never;
  }
}

/** The host base that a recorded name (`host:node@24.21.0`) stands for: the tool's major must be this machine's. */
export async function hostBaseByName(name: string, tools: HostTools = {}): Promise<HostBaseFound> {
  const [, tool, version] = /^host:(node|postgres)@(\d+(?:\.\d+)*)$/.exec(name) ?? [];
  const request = tool === undefined ? undefined : hostImageRequest(`${tool}:${version}`);
  if (request !== undefined) return hostBase(request, tools);
  return {
    problem: {
      code: "HOST_BASE_UNKNOWN",
      at: name,
      says: "this is not the name of a host base",
      hint: "build the image again with this version of Slipway",
    },
  };
}
