import { resolve } from "node:path";
import type { Problem } from "../../../core/errors.ts";
import type { OwnFlag } from "./own-flags.ts";

/** What the flags of `call` itself said. */
export interface OwnWords {
  readonly engine: "dagger" | "embedded" | undefined;
  readonly json: boolean;
  readonly help: boolean;
  /** Absolute. */
  readonly output: string | undefined;
  readonly problems: readonly Problem[];
}

type Given = { readonly flag: OwnFlag; readonly value: string | undefined };

export function readOwn(given: readonly Given[], cwd: string): OwnWords {
  const last = (name: OwnFlag["name"]) => given.findLast(({ flag }) => flag.name === name);
  const output = last("output")?.value;
  const engine = last("engine")?.value;
  const known = engine === "dagger" || engine === "embedded" ? engine : undefined;
  const missing = given.filter(
    ({ flag, value }) => flag.value !== undefined && (value === undefined || value === ""),
  );
  return {
    engine: known,
    json: isOn(last("json")),
    help: isOn(last("help")),
    output: output === undefined ? undefined : resolve(cwd, output),
    problems: [
      ...missing.map(({ flag }) => fault(flag.name, "needs a value", `write --${flag.name}=<${flag.value}>`)),
      ...(engine && known === undefined
        ? [
            fault(
              "engine",
              `should be dagger or embedded, got "${engine}"`,
              "leave it out to have one chosen",
            ),
          ]
        : []),
    ],
  };
}

function isOn(given: Given | undefined): boolean {
  return given !== undefined && given.value !== "false";
}

function fault(flag: string, says: string, hint: string): Problem {
  return { code: "FLAG_WRONG", at: `--${flag}`, says, hint };
}
