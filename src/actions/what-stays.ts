import type { DownTarget } from "../core/migration/choose-down.ts";
import { secretName } from "../core/names.ts";
import type { RunContext } from "./run-context.ts";

/**
 * By its id, or as it was named: the newest migration that stays when a run has gone down, or "nothing". A number of migrations means others once some of
 * them are gone; this does not, so a run that stopped half-way can be gone on with. A number that will be refused names none.
 */
export async function whatStays(
  target: DownTarget,
  { config, environment, ports }: Pick<RunContext, "config" | "environment" | "ports">,
): Promise<string | undefined> {
  if ("to" in target) return target.to;
  if (!("count" in target) || config.database === undefined) return undefined;
  const { urlSecret, migrations: folder } = config.database;
  const url = await ports.secrets.read(secretName(urlSecret, environment.name));
  const inspection = await ports.openInspection({ url, folder });
  try {
    const { applied } = await inspection.inspect();
    if (target.count === applied.length) return "nothing";
    return target.count > 0 ? applied[applied.length - 1 - target.count]?.id : undefined;
  } finally {
    await inspection.close();
  }
}
