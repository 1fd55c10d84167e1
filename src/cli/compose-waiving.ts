import { randomUUID } from "node:crypto";
import type { WaivePorts } from "../actions/migrate-waive.ts";
import { composePersonKey } from "./compose-acts.ts";
import { migrationsFolder } from "./compose-migrations.ts";
import type { Project } from "./find-project.ts";

/** What signing a waiver needs: the file beside the migrations, and a person's key. Neither ledger nor network. */
export async function composeWaiving(
  project: Project,
  person: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<WaivePorts> {
  const [{ waiverFile }, { proofTools }, key] = await Promise.all([
    import("../adapters/postgres/kept-waivers.ts"),
    import("../adapters/local/proof-tools.ts"),
    composePersonKey(person, env),
  ]);
  return {
    waivers: waiverFile(migrationsFolder(project)),
    key,
    proofTools,
    newId: (letter) => `${letter}-${randomUUID()}`,
  };
}
