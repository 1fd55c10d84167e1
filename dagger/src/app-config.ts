import type { Directory } from "@dagger.io/dagger";
import { cliArgv, failureSentence } from "./cli-call.js";
import { isFailedExec, saying } from "./failures.js";
import { configBox } from "./toolbox.js";

/** What the module reads of the JSON that `slipway config --json` prints. */
export interface AppConfig {
  readonly app: string;
  readonly checks: Readonly<Record<string, AppCheck>>;
  readonly components: Readonly<Record<string, AppComponent>>;
  readonly database?: AppDatabase;
}

export interface AppDatabase {
  /** Folders of the app. */
  readonly migrations: string;
  readonly seeds: string;
  /** Its Postgres. */
  readonly image: string;
}

export interface AppCheck {
  readonly image: string;
  readonly setup?: { readonly files: readonly string[]; readonly run: readonly (readonly string[])[] };
  readonly run: readonly (readonly string[])[];
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly postgres?: string;
  readonly timeoutSeconds: number;
}

export interface AppComponent {
  readonly kind: "service";
  readonly path: string;
  readonly port: number;
  readonly image: {
    readonly base: string;
    readonly workdir: string;
    readonly build: readonly (readonly string[])[];
    readonly include: readonly string[];
    readonly entrypoint: readonly string[];
    readonly env: Readonly<Record<string, string>>;
  };
}

/** The files of an app that its config is read from; the result stays known while only others change. */
export const CONFIG_FILES = ["slipway.config.*", "package.json"];

/** The app's config, complete, checked by the CLI itself. */
export async function readConfig(slipway: Directory, source: Directory): Promise<AppConfig> {
  const box = await configBox(slipway);
  try {
    const text = await box
      .withDirectory("/app", source.filter({ include: CONFIG_FILES }))
      .withExec(cliArgv("config", {}))
      .stdout();
    return JSON.parse(text) as AppConfig;
  } catch (error) {
    if (!isFailedExec(error)) throw error;
    throw saying(error, failureSentence(error.exitCode, error.stdout, error.stderr));
  }
}
