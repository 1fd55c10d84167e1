import { arn, type Account } from "../account.ts";
import type { AwsService, Operations } from "../wire/aws-call.ts";
import { AwsError } from "../wire/aws-error.ts";
import type { Input } from "../wire/input.ts";
import { Listed } from "../wire/query.ts";
import type { DatabaseKind, RdsStore, StoredDatabase, StoredSnapshot } from "./rds-store.ts";

// What the query protocol calls the same thing for instances and for clusters.
const WORDS = {
  instance: {
    name: "DBInstance",
    snapshot: "DBSnapshot",
    noDatabase: "DBInstanceNotFound",
    noSnapshot: "DBSnapshotNotFound",
    taken: "DBSnapshotAlreadyExists",
    busy: "InvalidDBInstanceState",
    resource: "db",
    snapshots: "snapshot",
  },
  cluster: {
    name: "DBCluster",
    snapshot: "DBClusterSnapshot",
    noDatabase: "DBClusterNotFoundFault",
    noSnapshot: "DBClusterSnapshotNotFoundFault",
    taken: "DBClusterSnapshotAlreadyExistsFault",
    busy: "InvalidDBClusterStateFault",
    resource: "cluster",
    snapshots: "cluster-snapshot",
  },
} as const;

const DAY_MS = 86_400_000;
// RDS ships the log of changes every five minutes.
const BEHIND_MS = 300_000;

/** RDS, as far as snapshots need it. */
export function rdsService(store: RdsStore, account: Account): AwsService {
  return {
    protocol: "query",
    name: "rds",
    namespace: "http://rds.amazonaws.com/doc/2014-10-31/",
    invalidInput: "InvalidParameterValue",
    operations: { ...operationsOf("instance", store, account), ...operationsOf("cluster", store, account) },
  };
}

function operationsOf(of: DatabaseKind, store: RdsStore, account: Account): Operations {
  const words = WORDS[of];
  const { name, snapshot: kind } = words;

  function known(input: Input): StoredDatabase {
    const identifier = input.text(`${name}Identifier`);
    const found = store.find(of, identifier);
    if (found !== undefined) return found;
    throw new AwsError(words.noDatabase, `${name} ${identifier} not found.`, { status: 404 });
  }

  function describeDatabase(database: StoredDatabase): unknown {
    const { identifier, engine, engineVersion, createdAt, retentionDays } = database;
    const now = store.scheduler.now();
    const status = store.isBusy(of, identifier) ? "backing-up" : "available";
    const latest = retentionDays === 0 ? undefined : new Date(Math.max(createdAt, now - BEHIND_MS));
    const earliest =
      retentionDays === 0 ? undefined : new Date(Math.max(createdAt, now - retentionDays * DAY_MS));
    return {
      [`${name}Identifier`]: identifier,
      [`${name}Arn`]: arn(account, "rds", `${words.resource}:${identifier}`),
      ...(of === "cluster"
        ? { Status: status, EarliestRestorableTime: earliest }
        : { DBInstanceStatus: status }),
      Engine: engine,
      EngineVersion: engineVersion,
      BackupRetentionPeriod: retentionDays,
      LatestRestorableTime: latest,
    };
  }

  function describeSnapshot(one: StoredSnapshot): unknown {
    const status = store.statusOf(one);
    const age = (store.scheduler.now() - one.createdAt) / (one.readyAt - one.createdAt);
    return {
      [`${kind}Identifier`]: one.snapshot,
      [`${kind}Arn`]: arn(account, "rds", `${words.snapshots}:${one.snapshot}`),
      [`${name}Identifier`]: one.identifier,
      Engine: one.engine,
      EngineVersion: one.engineVersion,
      SnapshotType: "manual",
      Status: status,
      SnapshotCreateTime: new Date(one.createdAt),
      PercentProgress: status === "creating" ? Math.min(Math.floor(age * 100), 99) : 100,
    };
  }

  return {
    [`Create${kind}`]: (input) => {
      const database = known(input);
      const wanted = input.text(`${kind}Identifier`);
      if (!/^[A-Za-z](-?[A-Za-z0-9])*$/.test(wanted) || wanted.length > 255) {
        throw input.invalid(`The parameter ${kind}Identifier is not a valid identifier.`);
      }
      if (store.snapshot(of, wanted) !== undefined) {
        throw new AwsError(words.taken, `Cannot create the snapshot because ${wanted} already exists.`);
      }
      if (store.isBusy(of, database.identifier)) {
        throw new AwsError(words.busy, `${name} ${database.identifier} is not in the available state.`);
      }
      return { [kind]: describeSnapshot(store.take(of, database, wanted)) };
    },
    [`Describe${kind}s`]: (input) => {
      const wanted = input.text(`${kind}Identifier`);
      const found = store.snapshot(of, wanted);
      if (found === undefined)
        throw new AwsError(words.noSnapshot, `${kind} ${wanted} not found.`, { status: 404 });
      return { [`${kind}s`]: new Listed(kind, [describeSnapshot(found)]) };
    },
    [`Describe${name}s`]: (input) => ({ [`${name}s`]: new Listed(name, [describeDatabase(known(input))]) }),
  };
}
