import type { CloudDownOptions } from "./cloud-command.ts";
import { composeCloud, type BroughtDown } from "./compose-cloud.ts";

/** Stops the local cloud. One that does not run is down already. */
export async function runCloudDown(options: CloudDownOptions): Promise<void> {
  const down = await (await composeCloud()).down(options.name, options.purge === true);
  const { name, stopped, purged } = down;
  const answer = { name, stopped: stopped ?? null, purged };
  process.stdout.write(`${options.json === true ? JSON.stringify(answer, null, 2) : describe(down)}\n`);
}

function describe({ name, stopped, purged }: BroughtDown): string {
  const data = purged ? "; its data is deleted" : "";
  if (stopped === undefined) return `the local cloud "${name}" did not run${data}`;
  const parts = [
    `process ${stopped.pid} at ${stopped.endpoint}`,
    `${stopped.tasks} ${stopped.tasks === 1 ? "task" : "tasks"}`,
    ...(stopped.database ? ["its database"] : []),
  ];
  return `the local cloud "${name}" is down: stopped ${parts.join(", ")}${data}`;
}
