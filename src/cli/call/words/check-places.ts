import { statSync } from "node:fs";
import type { Problem } from "../../../core/errors.ts";
import type { Plan, Value } from "./plan.ts";

/** Paths and variables of a plan that are not there. Asked before anything starts. */
export function missingPlaces(plan: Plan, env: NodeJS.ProcessEnv): Problem[] {
  const values = [
    ...plan.construct,
    ...plan.steps.flatMap(({ positional, options }) => [...positional, ...Object.values(options)]),
  ];
  return values.flatMap(flatten).flatMap((value) => missing(value, env) ?? []);
}

function flatten(value: Value): readonly Value[] {
  return value.kind === "list" ? value.items.flatMap(flatten) : [value];
}

function missing(value: Value, env: NodeJS.ProcessEnv): Problem | undefined {
  switch (value.kind) {
    case "directory":
      return kindOf(value.path) === "folder" ? undefined : notThere(value.path, "folder");
    case "file":
      return kindOf(value.path) === "file" ? undefined : notThere(value.path, "file");
    case "secret":
      return missingSecret(value.uri, env);
    default:
      return undefined;
  }
}

function missingSecret(uri: string, env: NodeJS.ProcessEnv): Problem | undefined {
  const variable = /^env:\/\/(.*)$/.exec(uri)?.[1];
  if (variable !== undefined && env[variable] === undefined) {
    return {
      code: "SECRET_MISSING",
      at: `env:${variable}`,
      says: "is not set",
      hint: `set ${variable} for this call`,
    };
  }
  const path = /^file:\/\/(.*)$/s.exec(uri)?.[1];
  return path === undefined || kindOf(path) === "file" ? undefined : notThere(path, "file");
}

function notThere(path: string, wanted: "folder" | "file"): Problem {
  const found = kindOf(path);
  const says = found === undefined ? "there is no such path" : `should be a ${wanted}, is a ${found}`;
  return { code: "PATH_WRONG", at: path, says, hint: "paths begin at the folder the command is called in" };
}

function kindOf(path: string): "folder" | "file" | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  return found.isDirectory() ? "folder" : "file";
}
