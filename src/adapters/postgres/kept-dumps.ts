import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ProvenDump } from "../../core/backup/types.ts";
import { writing } from "./dump-file.ts";

const PROOF = ".json";

/** Keeps what is known of a dump beside it. */
export async function keepProof(proof: ProvenDump): Promise<void> {
  const path = `${proof.file}${PROOF}`;
  const text = `${JSON.stringify(proof, null, 2)}\n`;
  await writing(path, () => writeFile(path, text, { mode: 0o600, flag: "wx" }));
}

/** The newest proven dump of one database and schema in a folder that was taken since then, if there is one. */
export async function findProven(
  folder: string,
  { database, schema, since }: { readonly database: string; readonly schema: string; readonly since: Date },
): Promise<ProvenDump | undefined> {
  const names = await readdir(folder).catch(() => []);
  const proofs = await Promise.all(
    names
      .filter((name) => name.startsWith(`${database}.`) && name.endsWith(`.dump${PROOF}`))
      .map(async (name) => ({
        ...(await readProof(join(folder, name))),
        file: join(folder, name.slice(0, -PROOF.length)),
      })),
  );
  return proofs
    .filter((proof): proof is ProvenDump => proof.kind === "pg_dump" && proof.schema === schema)
    .filter(({ takenAt }) => Date.parse(takenAt) >= since.getTime())
    .toSorted((a, b) => a.takenAt.localeCompare(b.takenAt))
    .at(-1);
}

async function readProof(path: string): Promise<Partial<ProvenDump>> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Partial<ProvenDump>;
  } catch {
    // One that was torn proves nothing, and the next one is taken anew.
    return {};
  }
}
