import type { SandboxAbility } from "../../machine/sandbox/types.ts";
import type { LayerStore } from "../filesystem/layer-store.ts";
import type { Directory } from "../filesystem/types.ts";
import type { RecipeBook } from "../graph/recipe-book.ts";
import type { Recipe } from "../graph/recipe.ts";
import type { SharedWork } from "../graph/shared-work.ts";
import type { EngineLogger } from "../log.ts";
import type { CacheVolumes } from "../cache/cache-volumes.ts";
import type { ResultCache } from "../cache/result-cache.ts";
import type { ExecRunner } from "../exec/exec-runner.ts";
import type { ImageSource } from "../images/image-source.ts";
import type { SecretVault } from "../secrets/vault.ts";
import type { ServicePool } from "../services/service-pool.ts";
import type { MachineSettings } from "../settings/machine-settings.ts";
import type { ContainerState } from "./container.ts";
import type { ServiceState } from "./service.ts";
import type { DirectoryTree, FileTree } from "./trees.ts";

/** Everything one session knows. Operations and resolvers get it as an argument; `start.ts` puts it together. */
export interface Session {
  /** Aborts when the session closes. */
  readonly signal: AbortSignal;
  /** Where relative paths of this machine begin. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: EngineLogger;
  readonly recipes: RecipeBook;
  /** Recipes of this machine's directories and files by where they were asked for. */
  readonly imports: SharedWork<Recipe>;
  readonly layers: LayerStore;
  readonly results: ResultCache;
  readonly volumes: CacheVolumes;
  readonly secrets: SecretVault;
  readonly images: ImageSource;
  readonly execs: ExecRunner;
  readonly services: ServicePool;

  /** This machine's network settings, asked for once. */
  machine(signal: AbortSignal): Promise<MachineSettings>;
  /** How this machine isolates; what is missing is said in the log, once. */
  sandbox(signal: AbortSignal): Promise<SandboxAbility>;

  // What a recipe stands for. Each is worked out once per session, however many ask.
  container(recipe: Recipe, signal: AbortSignal): Promise<ContainerState>;
  directory(recipe: Recipe, signal: AbortSignal): Promise<DirectoryTree>;
  file(recipe: Recipe, signal: AbortSignal): Promise<FileTree>;
  service(recipe: Recipe, signal: AbortSignal): Promise<ServiceState>;

  /** Says what the recipe of a directory of this machine stands for; such a recipe alone does not tell. */
  knowDirectory(recipe: Recipe, tree: DirectoryTree): void;
  knowFile(recipe: Recipe, tree: FileTree): void;

  /** A directory made from others: `make` runs once per session for each key. */
  derive(
    key: string,
    signal: AbortSignal,
    make: (signal: AbortSignal) => Promise<Directory>,
  ): Promise<Directory>;
}
