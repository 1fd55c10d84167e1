import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CloudAccess } from "../adapters/aws/client-settings.ts";
import type { Backups } from "../ports/backups.ts";

/** Backups of an app's databases, each by the adapter of its policy, loaded when one is taken. */
export function composeBackups(folder: string, access: CloudAccess, env: NodeJS.ProcessEnv): Backups {
  return {
    async take({ policy, ...request }) {
      if (policy.kind === "rds-snapshot") {
        const { takeSnapshotByRds } = await import("../adapters/aws/rds-snapshots.ts");
        return takeSnapshotByRds({ ...request, policy }, access);
      }
      const [{ takeDump }, { onExit }, { startPostgres }] = await Promise.all([
        import("../adapters/postgres/dump-backups.ts"),
        import("../machine/processes/exit-hooks.ts"),
        import("../machine/postgres/server.ts"),
      ]);
      return takeDump(
        { ...request, policy },
        {
          folder,
          path: env["PATH"],
          onExit,
          startServer: async (major, signal) => {
            const place = await mkdtemp(join(tmpdir(), "slipway-restore-"));
            // Nothing in it outlives the comparison, so nothing has to reach the disk.
            const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };
            return startPostgres({ folder: place, major, settings, signal });
          },
        },
      );
    },
  };
}
