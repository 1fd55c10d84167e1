import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readWaivers, WAIVERS_FILE, type Waiver } from "../../core/migration/waiver.ts";
import type { WaiverFile } from "../../ports/waiver-file.ts";
import { readCompanion, readMigrations } from "./migration-folder.ts";

/** The waivers of a folder of migrations. */
export function waiverFile(folder: string): WaiverFile {
  const written = async (): Promise<ReturnType<typeof readWaivers>> => {
    const file = await readCompanion(folder, WAIVERS_FILE);
    if (file === undefined) return { waivers: [], problems: [] };
    return file.problems.length > 0 ? { waivers: [], problems: file.problems } : readWaivers(file.value);
  };
  return {
    read: async () => ({
      migrations: (await readMigrations(folder)).migrations,
      problems: (await written()).problems,
    }),
    async keep(waiver) {
      const isOther = ({ rule, at }: Waiver) => rule !== waiver.rule || at !== waiver.at;
      const waivers = [...(await written()).waivers.filter(isOther), waiver].toSorted(byFile);
      await writeFile(join(folder, WAIVERS_FILE), `${JSON.stringify({ waivers }, null, 2)}\n`);
    },
  };
}

function byFile(one: Waiver, other: Waiver): number {
  return one.at === other.at ? (one.rule < other.rule ? -1 : 1) : one.at < other.at ? -1 : 1;
}
