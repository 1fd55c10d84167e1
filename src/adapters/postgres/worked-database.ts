import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProofTools } from "../../core/acts/check-proof.ts";
import type { WaiverDemand } from "../../core/migration/waiver-rules.ts";
import type { Secret } from "../../core/secret.ts";
import type { SeedFile } from "../../core/seed/types.ts";
import type { CarriedFolder } from "../../core/worker/calls.ts";
import type { MigrationInspection } from "../../ports/migration-inspection.ts";
import type { Migrations } from "../../ports/migrations.ts";
import type { ProbeRowSecurity } from "../../ports/row-security.ts";
import type { Seeding } from "../../ports/seeds.ts";
import type { Unpacked, WorkedDatabase, WorkerDemands } from "../../ports/worked-database.ts";
import { endSessions } from "./end-sessions.ts";
import { APP_HISTORY } from "./migration-history.ts";
import { openInspection } from "./open-inspection.ts";
import { openMigrationsAt } from "./open-migrations.ts";
import { rowSecurityOf } from "./open-row-security.ts";
import { openSeeds } from "./open-seeds.ts";
import { unpackCarried } from "./unpack-carried.ts";

/** The database of a worker: the same adapters as where a deployment reaches it itself, over files that were carried. */
export class PostgresWorkedDatabase implements WorkedDatabase {
  readonly #url: Secret;
  readonly #run: string;
  readonly #tools: ProofTools;
  readonly rowSecurity: ProbeRowSecurity;
  #home: Promise<string> | undefined;

  constructor(url: Secret, run: string, tools: ProofTools) {
    this.#url = url;
    this.#run = run;
    this.#tools = tools;
    this.rowSecurity = rowSecurityOf(url, nameOf(run));
  }

  async unpack(carried: CarriedFolder, sha256: string): Promise<Unpacked> {
    this.#home ??= mkdtemp(join(tmpdir(), "slipway-worker-"));
    return unpackCarried(await this.#home, carried, sha256);
  }

  migrations(folder: string, demands: WorkerDemands): Promise<Migrations> {
    const waivers = this.#rules(demands);
    return openMigrationsAt({
      url: this.#url,
      folder,
      use: "DATABASE",
      place: APP_HISTORY,
      applicationName: nameOf(this.#run),
      demandsRehearsal: demands.demandsRehearsal,
      ...(waivers !== undefined && { waivers }),
      ...(demands.alertAfterMs !== undefined && { alertAfterMs: demands.alertAfterMs }),
    });
  }

  inspection(folder: string, demands: WorkerDemands): Promise<MigrationInspection> {
    const waivers = this.#rules(demands);
    return openInspection({ url: this.#url, folder, ...(waivers !== "unasked" && { waivers }) });
  }

  seeds(files: readonly SeedFile[]): Promise<Seeding> {
    return openSeeds({ url: this.#url, files, applicationName: nameOf(this.#run) });
  }

  settle(run: string): Promise<void> {
    return endSessions(this.#url, nameOf(run));
  }

  async close(): Promise<void> {
    if (this.#home !== undefined) await rm(await this.#home, { recursive: true, force: true });
  }

  #rules({ waivers }: WorkerDemands): WaiverDemand | undefined {
    if (waivers === undefined || waivers === "unasked") return waivers;
    return { ...waivers, tools: this.#tools };
  }
}

/** How the sessions of a run are known to the server; with the lock's own ending it fits into 63 characters. */
function nameOf(run: string): string {
  return `slipway migrate, run ${run}`;
}
