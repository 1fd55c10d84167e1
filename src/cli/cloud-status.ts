import type { CloudOptions } from "./cloud-command.ts";
import { composeCloud, type CloudStatus } from "./compose-cloud.ts";

/** Prints how the local cloud is. One that does not run is an answer, not a fault. */
export async function runCloudStatus(options: CloudOptions): Promise<void> {
  const status = await (await composeCloud()).status(options.name);
  if (options.json === true) {
    const answer =
      status === undefined ? { name: options.name, running: false } : { ...status, running: true };
    process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
    return;
  }
  process.stdout.write(`${status === undefined ? down(options.name) : describe(status)}\n`);
}

function down(name: string): string {
  return `the local cloud "${name}" does not run (start it with \`slipway cloud up\`)`;
}

function describe(status: CloudStatus): string {
  const { database, services, loadBalancers, sandbox } = status;
  const memory = Math.round(status.memoryBytes / 1024 / 1024);
  return [
    `the local cloud "${status.name}" runs: ${status.endpoint}, up ${duration(status.uptimeSeconds)}, ${memory} MB`,
    database === undefined
      ? "  database: none"
      : `  database: Postgres ${database.version} at ${database.host}:${database.port}`,
    `  tasks run in: ${sandbox.kind}${sandbox.note === "" ? "" : ` (${sandbox.note})`}`,
    ...services.map(
      (one) =>
        `  service ${one.service} in ${one.cluster}: ${one.running} of ${one.desired} running, ${one.taskDefinition}`,
    ),
    ...loadBalancers.map((one) => `  load balancer ${one.name}: ${one.url}`),
  ].join("\n");
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h`;
}
