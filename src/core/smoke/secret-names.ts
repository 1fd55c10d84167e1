import type { SmokeCheck } from "../config/types.ts";
import { secretName } from "../names.ts";

/** A placeholder in a smoke check's headers and the secret it stands for. */
export interface SmokeSecret {
  /** As written: `{secret:diary/{env}/smoke-token}`. */
  readonly placeholder: string;
  readonly name: string;
}

/** The secrets that the headers of a check ask for, each once. */
export function smokeSecrets({ headers }: Pick<SmokeCheck, "headers">, env: string): SmokeSecret[] {
  const found = Object.values(headers).flatMap((text) => [
    ...text.matchAll(/\{secret:((?:[^{}]|\{env\})+)\}/g),
  ]);
  const named = new Map(found.map(([placeholder, pattern = ""]) => [placeholder, secretName(pattern, env)]));
  return [...named].map(([placeholder, name]) => ({ placeholder, name }));
}
