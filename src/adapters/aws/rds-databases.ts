import {
  CreateDBClusterSnapshotCommand,
  CreateDBSnapshotCommand,
  DescribeDBClustersCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  type RDSClient,
} from "@aws-sdk/client-rds";
import { ask, isNamed } from "./translate-error.ts";

export interface FoundDatabase {
  readonly engine: string;
  readonly earliest: Date | undefined;
  /** Undefined: its backups are switched off. */
  readonly latest: Date | undefined;
}

export interface FoundSnapshot {
  readonly arn: string;
  readonly status: string;
  /** Whole percent. */
  readonly progress: number;
  readonly takenAt: Date | undefined;
}

/** Instances and clusters of RDS with one face: they have the same operations by other names. */
export interface RdsDatabase {
  find(): Promise<FoundDatabase | undefined>;
  snapshot(name: string): Promise<FoundSnapshot | undefined>;
  /** Begins a snapshot; `busy` when the database cannot take one now, `taken` when there is one of that name. */
  begin(name: string): Promise<"begun" | "busy" | "taken">;
}

/** An RDS instance. */
export function rdsInstance(client: RDSClient, identifier: string): RdsDatabase {
  const named = { DBInstanceIdentifier: identifier };
  return {
    async find() {
      const answer = await orNone("DescribeDBInstances", () =>
        client.send(new DescribeDBInstancesCommand(named)),
      );
      const found = answer?.DBInstances?.[0];
      if (found === undefined) return undefined;
      const { Engine, EngineVersion, LatestRestorableTime: latest } = found;
      return { engine: `${Engine} ${EngineVersion}`, earliest: undefined, latest };
    },
    async snapshot(name) {
      const answer = await orNone("DescribeDBSnapshots", () =>
        client.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: name })),
      );
      const found = answer?.DBSnapshots?.[0];
      return found && snapshotOf({ arn: found.DBSnapshotArn, ...found });
    },
    begin: (name) =>
      begin("CreateDBSnapshot", () =>
        client.send(new CreateDBSnapshotCommand({ ...named, DBSnapshotIdentifier: name })),
      ),
  };
}

/** An Aurora cluster. */
export function rdsCluster(client: RDSClient, identifier: string): RdsDatabase {
  const named = { DBClusterIdentifier: identifier };
  return {
    async find() {
      const answer = await orNone("DescribeDBClusters", () =>
        client.send(new DescribeDBClustersCommand(named)),
      );
      const found = answer?.DBClusters?.[0];
      if (found === undefined) return undefined;
      const { Engine, EngineVersion, EarliestRestorableTime: earliest, LatestRestorableTime: latest } = found;
      return { engine: `${Engine} ${EngineVersion}`, earliest, latest };
    },
    async snapshot(name) {
      const answer = await orNone("DescribeDBClusterSnapshots", () =>
        client.send(new DescribeDBClusterSnapshotsCommand({ DBClusterSnapshotIdentifier: name })),
      );
      const found = answer?.DBClusterSnapshots?.[0];
      return found && snapshotOf({ arn: found.DBClusterSnapshotArn, ...found });
    },
    begin: (name) =>
      begin("CreateDBClusterSnapshot", () =>
        client.send(new CreateDBClusterSnapshotCommand({ ...named, DBClusterSnapshotIdentifier: name })),
      ),
  };
}

function snapshotOf(found: {
  readonly arn?: string | undefined;
  readonly Status?: string | undefined;
  readonly PercentProgress?: number | undefined;
  readonly SnapshotCreateTime?: Date | undefined;
}): FoundSnapshot {
  return {
    arn: found.arn ?? "",
    status: found.Status ?? "",
    progress: found.PercentProgress ?? 0,
    takenAt: found.SnapshotCreateTime,
  };
}

function orNone<T>(operation: string, call: () => Promise<T>): Promise<T | undefined> {
  return ask("rds", operation, async () => {
    try {
      return await call();
    } catch (error) {
      const none = ["DBInstanceNotFoundFault", "DBClusterNotFoundFault"];
      if (isNamed(error, ...none, "DBSnapshotNotFoundFault", "DBClusterSnapshotNotFoundFault"))
        return undefined;
      throw error;
    }
  });
}

function begin(operation: string, call: () => Promise<unknown>): Promise<"begun" | "busy" | "taken"> {
  return ask("rds", operation, async () => {
    try {
      await call();
      return "begun";
    } catch (error) {
      if (isNamed(error, "DBSnapshotAlreadyExistsFault", "DBClusterSnapshotAlreadyExistsFault"))
        return "taken";
      if (isNamed(error, "InvalidDBInstanceStateFault", "InvalidDBClusterStateFault")) return "busy";
      throw error;
    }
  });
}
