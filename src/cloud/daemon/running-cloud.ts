import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Config } from "../../core/config/types.ts";
import { Secret } from "../../core/secret.ts";
import { sandboxAbility } from "../../machine/sandbox/ability.ts";
import { ImageRoots } from "../containers/image-roots.ts";
import { SandboxRunner } from "../containers/sandbox-runner.ts";
import { startDatabase, type CloudDatabase } from "../database/cloud-database.ts";
import { readFaultRules } from "../faults/fault-plan.ts";
import { KeptState } from "../kept-state.ts";
import { provision, type Provisioned } from "../provision.ts";
import { PRACTICE_NAME } from "../registry/registry-tokens.ts";
import { startCloud, type Cloud } from "../start.ts";
import { controlDoor } from "./control-door.ts";
import { describeCloud, listBalancers, type CloudStatus } from "./describe-cloud.ts";
import { processStart } from "./process-start.ts";
import type { CloudState } from "./state-file.ts";

export interface RunningCloudOptions {
  readonly name: string;
  readonly folder: string;
  /** `undefined`: the one it had before when that is free, else any. */
  readonly port: number | undefined;
  readonly onFault: (fault: unknown) => void;
  /** Somebody asked through the daemon's door that it ends; everything has been stopped then. */
  readonly onStopped: () => void;
}

export interface RunningCloud {
  readonly state: CloudState;
  /** Tells of changes to `state` that must be written down. */
  close(): Promise<void>;
}

/** What the last run used, so that addresses stay the same where they can. */
interface Ports {
  endpoint: number | undefined;
  database: number | undefined;
}

/** The whole local cloud in this process: AWS's services, tasks in sandboxes, Postgres. */
export async function runCloud(
  options: RunningCloudOptions,
  onState: (state: CloudState) => void,
): Promise<RunningCloud> {
  const { folder, name, onFault } = options;
  const ports = new KeptState<Ports>(join(folder, "ports.json"), {
    endpoint: undefined,
    database: undefined,
  });
  const startedAt = new Date().toISOString();
  const controlToken = randomBytes(24).toString("base64url");
  let database: CloudDatabase | undefined;
  let registry = "";

  const practice = { username: PRACTICE_NAME, password: new Secret("registry password", PRACTICE_NAME) };
  const roots = new ImageRoots(join(folder, "roots"), (host) => (host === registry ? practice : undefined));
  const runner = new SandboxRunner({
    folder: join(folder, "tasks"),
    roots,
    neighbours: () => [
      { alias: "cloud.internal", port: Number(registry.split(":")[1]) },
      ...(database === undefined ? [] : [{ alias: "database.internal", port: database.port }]),
    ],
  });
  const stop = async (): Promise<StoppedParts> => {
    const status = await describe();
    await cloud.stopWork();
    await database?.stop();
    return {
      tasks: status.services.reduce((sum, one) => sum + one.running, 0),
      database: database !== undefined,
    };
  };
  const door = controlDoor(controlToken, {
    status: () => describe(),
    provision: (config) => provisionApp(config),
    faults(wish) {
      if (wish !== null && typeof wish === "object" && "rules" in wish)
        cloud.faults.replace(readFaultRules(wish));
      return { rules: cloud.faults.state() };
    },
    async stop() {
      const stopped = await stop();
      setImmediate(options.onStopped);
      return stopped;
    },
  });
  const cloud = await startOnPort(options, ports.value.endpoint, { folder, runner, doors: [door], onFault });
  registry = cloud.registry;
  try {
    database = await startDatabase(join(folder, "postgres"), ports.value.database, cloud.vault, () =>
      cloud.ecs.cloud.scheduler.seconds(),
    );
  } catch (error) {
    await cloud.close();
    throw error;
  }
  ports.value.endpoint = Number(registry.split(":")[1]);
  ports.value.database = database.port;
  ports.save();
  await runner.cleanUp();
  cloud.resume();

  const stateNow = (running: CloudDatabase): CloudState => ({
    name,
    pid: process.pid,
    processStart: processStart(process.pid) ?? "",
    endpoint: cloud.endpoint,
    region: cloud.account.region,
    account: cloud.account.id,
    registry,
    databaseUrl: running.url,
    ledgerUrl: running.ledgerUrl,
    loadBalancers: listBalancers(cloud),
    startedAt,
    controlToken,
  });

  async function provisionApp(config: Config): Promise<Provisioned[]> {
    if (database === undefined) throw new Error("the database is not up yet");
    const made = await provision(cloud, database, config);
    onState(stateNow(database));
    return made;
  }

  async function describe(): Promise<CloudStatus> {
    const sandbox = await sandboxAbility();
    return describeCloud({ name, cloud, database, startedAt, sandbox });
  }

  onState(stateNow(database));
  return {
    state: stateNow(database),
    async close() {
      await cloud.close();
      await database?.stop();
    },
  };
}

export interface StoppedParts {
  readonly tasks: number;
  readonly database: boolean;
}

async function startOnPort(
  { port }: RunningCloudOptions,
  before: number | undefined,
  options: Parameters<typeof startCloud>[0],
): Promise<Cloud> {
  if (port !== undefined || before === undefined) return startCloud({ ...options, port: port ?? 0 });
  try {
    return await startCloud({ ...options, port: before });
  } catch {
    return startCloud({ ...options, port: 0 });
  }
}
