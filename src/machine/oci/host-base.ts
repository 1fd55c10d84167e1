import type { Problem } from "../../core/errors.ts";

/** A tool chain of this machine that stands in for an image. */
export interface HostBase {
  /** `host:node@24.21.0`: what is recorded, and the value of the label `dev.slipway.base`. */
  readonly name: string;
  readonly tool: "node" | "postgres";
  readonly version: string;
  /** Read-only binds a sandbox needs. */
  readonly binds: readonly { readonly source: string; readonly target: string }[];
  /** Symlinks its root needs: path → what it says. */
  readonly links: Readonly<Record<string, string>>;
  /** Files its root needs: path → content. */
  readonly files: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** What an image name asks for, when it is one a host base can stand in for: `node:24-alpine`, `postgres:18`. */
export interface HostImageRequest {
  readonly tool: "node" | "postgres";
  /** The major version asked for; undefined: any (`latest`, no tag). */
  readonly major: number | undefined;
}

/** Reads `node:*` and `postgres:*` (also `docker.io/library/node`); undefined for every other image. */
export function hostImageRequest(image: string): HostImageRequest | undefined {
  throw new Error(`being written: ${image}`);
}

export interface HostTools {
  /** Folder of the Postgres binaries with `bin`, `lib`, `share`, and their version; undefined: there are none. */
  readonly postgres?: { readonly folder: string; readonly version: string };
}

/** The host base for a request, or the problem: this machine has another major, or has no such tool. */
export async function hostBase(
  request: HostImageRequest,
  tools?: HostTools,
): Promise<{ base: HostBase } | { problem: Problem }> {
  throw new Error(`being written: ${request.tool}${tools?.postgres?.version}`);
}

/** The host base that a recorded name (`host:node@24.21.0`) stands for, on this machine. */
export async function hostBaseByName(
  name: string,
  tools?: HostTools,
): Promise<{ base: HostBase } | { problem: Problem }> {
  throw new Error(`being written: ${name}${tools?.postgres?.version}`);
}
