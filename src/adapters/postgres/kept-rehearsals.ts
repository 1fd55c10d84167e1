import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Problem } from "../../core/errors.ts";
import { REHEARSALS_FILE, keepRehearsals, readRehearsals } from "../../core/rehearsal/demand-rehearsals.ts";
import type { KeptRehearsal, Rehearsal } from "../../core/rehearsal/types.ts";
import { readCompanion } from "./migration-folder.ts";

/** The rehearsals that the folder keeps. */
export async function readKeptRehearsals(
  folder: string,
): Promise<{ readonly kept: readonly KeptRehearsal[]; readonly problems: readonly Problem[] }> {
  const file = await readCompanion(folder, REHEARSALS_FILE);
  if (file === undefined) return { kept: [], problems: [] };
  const kept = readRehearsals(file.value);
  if (kept !== undefined) return { kept, problems: [] };
  return {
    kept: [],
    problems: [
      {
        code: "REHEARSALS_INVALID",
        at: REHEARSALS_FILE,
        says: "is not a list of rehearsals as Slipway writes it",
        hint: "delete it and run: slipway migrate rehearse --write",
      },
    ],
  };
}

/** Writes what passed beside the migrations, in place of older proofs of the same migration on the same major. */
export async function writeKeptRehearsals(folder: string, rehearsals: readonly Rehearsal[]): Promise<void> {
  const passed = keepRehearsals(rehearsals);
  const { kept } = await readKeptRehearsals(folder);
  const keyOf = ({ id, postgres }: KeptRehearsal) => `${id} ${Number.parseInt(postgres, 10)}`;
  const fresh = new Set(passed.map(keyOf));
  const all = [...kept.filter((one) => !fresh.has(keyOf(one))), ...passed];
  const sorted = all.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const text = `${JSON.stringify({ schema: 1, rehearsals: sorted }, null, 2)}\n`;
  await writeFile(join(folder, REHEARSALS_FILE), text);
}
