import type { EnvironmentConfig } from "../core/config/types.ts";
import type { ExitKind, Problem } from "../core/errors.ts";
import { chooseSets } from "../core/seed/choose-sets.ts";
import { seedFileProblems } from "../core/seed/file-problems.ts";
import type { SeedFile } from "../core/seed/types.ts";
import type { Seeds } from "../ports/seeds.ts";

export type SeedsRead =
  | { readonly kind: "read"; readonly sets: readonly string[]; readonly files: readonly SeedFile[] }
  | {
      readonly kind: "refused";
      readonly sets: readonly string[];
      readonly problems: readonly Problem[];
      readonly exit: ExitKind;
    };

/** The files of the sets that an environment gets, or every reason why they cannot run. What is read here is what runs. */
export async function readSeeds(
  choice: {
    readonly environment: EnvironmentConfig;
    readonly folder: string;
    readonly asked: readonly string[];
  },
  seeds: Pick<Seeds, "sets" | "files">,
): Promise<SeedsRead> {
  const present = await seeds.sets(choice.folder);
  const chosen = chooseSets({ ...choice, present });
  if (chosen.kind === "refused") return { ...chosen, sets: choice.asked };

  const { sets } = chosen;
  const found = await Promise.all(
    sets.map(async (set) => (await seeds.files(choice.folder, set)).map((file) => ({ set, ...file }))),
  );
  const files = found.flat();
  const problems = files.flatMap((file) => seedFileProblems(`${file.set}/${file.file}`, file));
  if (problems.length > 0) return { kind: "refused", sets, problems, exit: "verifyFailed" };
  return {
    kind: "read",
    sets,
    files: files.map(({ set, file, text = "", sha256 }) => ({ file: `${set}/${file}`, sql: text, sha256 })),
  };
}
