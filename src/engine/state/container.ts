import type { HostBase } from "../../machine/oci/host-base.ts";
import type { Platform } from "../../machine/oci/image-types.ts";
import type { Recipe } from "../graph/recipe.ts";
import type { DirectoryTree, FileTree } from "./trees.ts";
import type { ExecOutcome } from "./exec.ts";

export interface ExposedPort {
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
  readonly description: string | null;
  readonly skipHealthcheck: boolean;
}

export type CacheSharing = "SHARED" | "PRIVATE" | "LOCKED";

export type Mount = { readonly path: string } & (
  | {
      readonly kind: "directory";
      readonly tree: DirectoryTree;
      readonly readOnly: boolean;
      /** An exec left it: its snapshot holds the mount's content alone, at the mount's own path. */
      readonly placed: boolean;
    }
  | { readonly kind: "file"; readonly tree: FileTree; readonly placed: boolean }
  | {
      readonly kind: "cache";
      readonly volume: string;
      readonly sharing: CacheSharing;
      readonly source: DirectoryTree | undefined;
    }
  | { readonly kind: "temporary" }
  | { readonly kind: "secret"; readonly secret: Recipe; readonly mode: number }
);

/** The default user, commands and names of a container: an image's config. */
export interface ContainerConfig {
  readonly env: ReadonlyMap<string, string>;
  readonly user: string;
  readonly workdir: string;
  readonly entrypoint: readonly string[];
  readonly defaultArgs: readonly string[];
  readonly labels: ReadonlyMap<string, string>;
  readonly ports: readonly ExposedPort[];
  readonly annotations: ReadonlyMap<string, string>;
}

/** A container at one point of a pipeline. Immutable; files and the last exec are made when asked for. */
export interface ContainerState {
  readonly platform: Platform;
  readonly root: DirectoryTree;
  /** The tool chain of this machine that the root stands on; its files are no part of an image. */
  readonly base: HostBase | undefined;
  /** What the pipeline began from, for records: an image with digest, a host base, or `scratch`. */
  readonly baseName: string;
  readonly imageRef: string | undefined;
  readonly config: ContainerConfig;
  readonly mounts: readonly Mount[];
  readonly secretVariables: ReadonlyMap<string, Recipe>;
  /** Seen by execs, no part of any key. */
  readonly volatileVariables: ReadonlyMap<string, string>;
  readonly services: readonly { readonly alias: string; readonly service: Recipe }[];
  readonly registryLogins: ReadonlyMap<string, { readonly username: string; readonly secret: Recipe }>;
  readonly lastExec: ((signal: AbortSignal) => Promise<ExecOutcome>) | undefined;
}
