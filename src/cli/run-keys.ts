import { makePersonKey } from "./compose-acts.ts";
import type { KeysOptions } from "./keys-command.ts";

/** `slipway keys create`. */
export async function runKeysCreate({ person, json }: KeysOptions): Promise<void> {
  const identity = await makePersonKey(person, process.env);
  if (json !== true) {
    process.stderr.write(`slipway: put this into people/${person}/identities of the config\n`);
  }
  process.stdout.write(`${json === true ? JSON.stringify({ person, identity }, null, 2) : identity}\n`);
}
