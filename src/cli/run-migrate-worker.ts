import { migrateWorker } from "../actions/migrate-worker.ts";
import { composeWorker } from "./compose-worker.ts";
import { interruptible } from "./interrupt.ts";

/** `slipway migrate worker`. */
export async function runMigrateWorker(): Promise<void> {
  await interruptible(async ({ stop }) => {
    const { run, ports } = await composeWorker(process.env);
    process.stderr.write(`worker of the run ${run}\n`);
    const { says } = await migrateWorker(run, ports, stop);
    process.stderr.write(`ended: ${says}\n`);
  });
}
