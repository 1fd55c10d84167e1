import type { Command } from "commander";

/** Not a person's word, so no help names it: a deployment starts it where the database can be reached. */
export function registerMigrateWorker(migrate: Command): void {
  migrate
    .command("worker", { hidden: true })
    .description("answer a deployment's requests; a deployment starts it, with SLIPWAY_WORKER_RUN set")
    .action(async () => {
      const { runMigrateWorker } = await import("./run-migrate-worker.ts");
      await runMigrateWorker();
    });
}
