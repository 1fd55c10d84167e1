import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { SlipwayError } from "../../core/errors.ts";

export type EngineChoice =
  | { readonly kind: "session"; readonly port: number; readonly token: string }
  | { readonly kind: "dagger"; readonly cli: string }
  | { readonly kind: "embedded" };

/** The engine that was asked for; else the session this runs in, the dagger CLI on PATH, the embedded engine. */
export function chooseEngine(asked: "dagger" | "embedded" | undefined, env: NodeJS.ProcessEnv): EngineChoice {
  if (asked === "embedded") return { kind: "embedded" };
  const session = sessionIn(env);
  if (session !== undefined && asked === undefined) return session;
  const cli = daggerOn(env);
  if (cli !== undefined) return { kind: "dagger", cli };
  if (asked === undefined) return { kind: "embedded" };
  throw new SlipwayError(
    {
      code: "DAGGER_MISSING",
      at: "--engine=dagger",
      says: "there is no `dagger` on PATH",
      hint: "install it, or use --engine=embedded",
    },
    "usage",
  );
}

/** One line that says which engine is used. */
export function engineWords(choice: EngineChoice): string {
  switch (choice.kind) {
    case "session":
      return `engine: the Dagger session on port ${choice.port}`;
    case "dagger":
      return `engine: Dagger, through ${choice.cli}`;
    case "embedded":
      return "engine: embedded";
    default:
      return choice satisfies never;
  }
}

function sessionIn(env: NodeJS.ProcessEnv): EngineChoice | undefined {
  const port = env["DAGGER_SESSION_PORT"];
  if (port === undefined || port === "") return undefined;
  return { kind: "session", port: Number(port), token: env["DAGGER_SESSION_TOKEN"] ?? "" };
}

function daggerOn(env: NodeJS.ProcessEnv): string | undefined {
  const candidates = (env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, "dagger"));
  return candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
