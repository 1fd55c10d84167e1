import type { Problem } from "../errors.ts";
import type { Migration } from "../migration/types.ts";
import type { KeptRehearsal, Rehearsal } from "./types.ts";

export const REHEARSALS_FILE = "rehearsals.json";

/** Why pending migrations may not run: no rehearsal of these very texts on the target's major has passed. */
export function demandRehearsals(
  pending: readonly Migration[],
  kept: readonly KeptRehearsal[],
  major: number,
): readonly Problem[] {
  return pending.flatMap((migration): Problem[] => {
    const same = kept.filter((one) => isOf(one, migration));
    if (same.some(({ postgres }) => majorOf(postgres) === major)) return [];
    const at = migration.up.file;
    const hint = `run: slipway migrate rehearse --write --major=${major}, and commit ${REHEARSALS_FILE}`;
    const [elsewhere] = same;
    if (elsewhere !== undefined) {
      const says = `was rehearsed on Postgres ${elsewhere.postgres} only, and this is ${major}`;
      return [{ code: "MIGRATION_REHEARSED_ELSEWHERE", at, says, hint }];
    }
    const wasOther = kept.some(({ id }) => id === migration.id);
    const says = wasOther ? "was changed since its rehearsal" : "has no rehearsal that passed";
    return [{ code: "MIGRATION_NOT_REHEARSED", at, says, hint }];
  });
}

/** The proofs of a rehearsal's passed migrations, to be kept. */
export function keepRehearsals(rehearsals: readonly Rehearsal[]): readonly KeptRehearsal[] {
  return rehearsals
    .filter(({ passed }) => passed)
    .map(({ id, upSha256, downSha256, renderedSha256, postgres, schemaBefore, schemaAfter }) => ({
      id,
      upSha256,
      downSha256,
      renderedSha256,
      postgres,
      schemaBefore,
      schemaAfter,
    }));
}

const TEXTS = ["id", "upSha256", "downSha256", "renderedSha256", "postgres", "schemaBefore", "schemaAfter"];

/** What the file holds; `undefined` when it is not one. */
export function readRehearsals(value: unknown): readonly KeptRehearsal[] | undefined {
  if (!isRecord(value) || value["schema"] !== 1) return undefined;
  const list = value["rehearsals"];
  return Array.isArray(list) && list.every(isKept) ? list : undefined;
}

function isKept(one: unknown): one is KeptRehearsal {
  return isRecord(one) && TEXTS.every((key) => typeof one[key] === "string");
}

function isOf(kept: KeptRehearsal, { up, down, renderedSha256 }: Migration): boolean {
  return (
    kept.upSha256 === up.sha256 && kept.downSha256 === down.sha256 && kept.renderedSha256 === renderedSha256
  );
}

function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
