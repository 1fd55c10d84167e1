import { setTimeout as sleep } from "node:timers/promises";
import { RDSClient } from "@aws-sdk/client-rds";
import type { AvailableSnapshot } from "../../core/backup/types.ts";
import type { SnapshotPolicy } from "../../core/config/policy-types.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { BackupRequest } from "../../ports/backups.ts";
import { clientSettings, type CloudAccess } from "./client-settings.ts";
import { rdsCluster, rdsInstance, type FoundSnapshot, type RdsDatabase } from "./rds-databases.ts";

const POLL_MS = 2000;

/**
 * Has RDS take a snapshot and waits until it is available. A run that goes on with an interrupted one finds the snapshot
 * of the first attempt under its name: it is the state before anything was migrated. Throws BACKUP_SOURCE_MISSING,
 * BACKUP_FAILED, BACKUP_TOO_SLOW (exit 11).
 */
export async function takeSnapshotByRds(
  request: Omit<BackupRequest, "policy" | "url"> & { readonly policy: SnapshotPolicy },
  access: CloudAccess,
  pollMs: number = POLL_MS,
): Promise<AvailableSnapshot> {
  const { policy, name, signal } = request;
  const { of, identifier } = policy;
  const at = `rds/${of}/${identifier}`;
  const client = new RDSClient(clientSettings(access));
  const database = of === "cluster" ? rdsCluster(client, identifier) : rdsInstance(client, identifier);
  const found = await database.find();
  if (found === undefined) {
    const hint =
      "mend backup in the config: `aws rds describe-db-instances` and `describe-db-clusters` list them";
    throw failed("BACKUP_SOURCE_MISSING", at, `there is no such ${of} in ${access.region}`, hint);
  }

  const began = performance.now();
  const deadline = AbortSignal.timeout(policy.timeoutSeconds * 1000);
  const wait = { until: AbortSignal.any([signal, deadline]), pollMs };
  let snapshot: FoundSnapshot;
  try {
    await begun(database, name, wait);
    snapshot = await settled(database, name, wait);
  } catch (error) {
    signal.throwIfAborted();
    if (!deadline.aborted) throw error;
    const hint = "it goes on by itself; run the same command again, or raise backup.timeoutSeconds";
    throw failed(
      "BACKUP_TOO_SLOW",
      at,
      `the snapshot ${name} was not available within ${policy.timeoutSeconds} s`,
      hint,
    );
  } finally {
    client.destroy();
  }
  if (snapshot.status !== "available") {
    const hint = `look at the events of ${identifier} in RDS, delete the snapshot and run the same command again`;
    throw failed(
      "BACKUP_FAILED",
      at,
      `the snapshot ${name} ended as ${JSON.stringify(snapshot.status)}`,
      hint,
    );
  }
  return {
    kind: "rds-snapshot",
    id: snapshot.arn,
    snapshot: name,
    of,
    identifier,
    engine: found.engine,
    takenAt: snapshot.takenAt?.toISOString() ?? "",
    takenSeconds: (performance.now() - began) / 1000,
    window:
      found.latest === undefined
        ? null
        : { earliest: found.earliest?.toISOString() ?? null, latest: found.latest.toISOString() },
  };
}

interface Wait {
  readonly until: AbortSignal;
  readonly pollMs: number;
}

/** Another snapshot may be under way, such as the nightly one. */
async function begun(database: RdsDatabase, name: string, { until, pollMs }: Wait): Promise<void> {
  while ((await database.begin(name)) === "busy") await sleep(pollMs, undefined, { signal: until });
}

async function settled(database: RdsDatabase, name: string, { until, pollMs }: Wait): Promise<FoundSnapshot> {
  for (;;) {
    const snapshot = await database.snapshot(name);
    // One that RDS does not know yet is not lost: it answers reads before all of its parts know of a write.
    const isUnderWay =
      snapshot === undefined || snapshot.status === "creating" || snapshot.status === "pending";
    if (!isUnderWay) return snapshot;
    await sleep(pollMs, undefined, { signal: until });
  }
}

function failed(code: string, at: string, says: string, hint: string): SlipwayError {
  return new SlipwayError({ code, at, says, hint }, "verifyFailed");
}
