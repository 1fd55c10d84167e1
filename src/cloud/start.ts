import { join } from "node:path";
import { PRACTICE_ACCOUNT, type Account } from "./account.ts";
import { awsDoor } from "./aws-door.ts";
import { buildEnv } from "./codebuild/build-env.ts";
import { CodeBuildRuntime } from "./codebuild/codebuild-runtime.ts";
import { CodeBuildStore } from "./codebuild/codebuild-store.ts";
import { codebuildService } from "./codebuild/service.ts";
import { ecrService } from "./ecr/service.ts";
import type { ContainerRunner } from "./ecs/container-runner.ts";
import { EcsRuntime } from "./ecs/ecs-runtime.ts";
import { EcsStore } from "./ecs/ecs-store.ts";
import { metadataDoor } from "./ecs/metadata-door.ts";
import { platformEnv } from "./ecs/platform-env.ts";
import { ecsService } from "./ecs/service.ts";
import { Balancing } from "./elbv2/balancing.ts";
import { elbv2Service } from "./elbv2/service.ts";
import { startEndpoint, type Door } from "./endpoint.ts";
import { FaultPlan } from "./faults/fault-plan.ts";
import { Striker } from "./faults/strike.ts";
import { PrivateNetwork } from "./network/private-network.ts";
import { RdsStore } from "./rds/rds-store.ts";
import { rdsService } from "./rds/service.ts";
import { ImageStore } from "./registry/image-store.ts";
import { registryDoor } from "./registry/registry-door.ts";
import { RegistryTokens } from "./registry/registry-tokens.ts";
import { BucketStore } from "./s3/bucket-store.ts";
import { s3Door } from "./s3/s3-door.ts";
import { machineTime, Scheduler, type Time } from "./scheduler.ts";
import { SecretVault } from "./secretsmanager/secret-vault.ts";
import { secretsManagerService } from "./secretsmanager/service.ts";
import { stsService } from "./sts/service.ts";

export interface CloudOptions {
  /** Where the cloud keeps everything: images, secrets, what runs. */
  readonly folder: string;
  /** Port of the endpoint; 0, the default, lets the system choose. */
  readonly port?: number;
  /** Runs the containers of tasks. */
  readonly runner: ContainerRunner;
  /** How many times faster the cloud's own waits pass than AWS's; 10 unless said. */
  readonly compression?: number;
  /** What its clock says; the machine's unless given. */
  readonly time?: Time;
  /** How long a task may take until its first healthy answer, in milliseconds, whatever its grace period says. */
  readonly startupMs?: number;
  /** Further doors of the endpoint, asked before the others. */
  readonly doors?: readonly Door[];
  readonly onFault?: (fault: unknown) => void;
}

export interface Cloud {
  /** For `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  /** Host and port that images are pushed to. */
  readonly registry: string;
  readonly account: Account;
  readonly vault: SecretVault;
  readonly buckets: BucketStore;
  readonly databases: RdsStore;
  readonly images: ImageStore;
  readonly balancing: Balancing;
  readonly ecs: EcsRuntime;
  /** What is to go wrong on purpose. */
  readonly faults: FaultPlan;
  /** Starts again what ran when the cloud was stopped; called once what tasks need is there. */
  resume(): void;
  /** Ends listeners and tasks; what is stored stays, and calls are still answered. */
  stopWork(): Promise<void>;
  /** Stops everything and keeps what is stored. */
  close(): Promise<void>;
}

const STARTUP_MS = 10_000;

/** Starts a practice AWS in this process. Throws PORT_TAKEN when the port is another's. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const account = PRACTICE_ACCOUNT;
  const onFault = options.onFault ?? (() => undefined);
  const at = (name: string) => join(options.folder, name);
  const scheduler = new Scheduler(options.time ?? machineTime, options.compression ?? 10, onFault);
  const vault = new SecretVault(at("secretsmanager"), account);
  const buckets = new BucketStore(at("s3"));
  const databases = new RdsStore(at("rds"), scheduler);
  const images = new ImageStore(at("registry"), account.id);
  const tokens = new RegistryTokens();
  const network = new PrivateNetwork();
  const balancing = new Balancing({ folder: at("elbv2"), account, network, scheduler });
  const store = new EcsStore(at("ecs"), account);

  const faults = new FaultPlan();
  const striker = new Striker(faults);

  let registry = "";
  const surroundings = { runner: options.runner, network, balancing, vault, store, scheduler };
  const ecs = new EcsRuntime(
    { ...surroundings, platformEnv: (task, container) => platformEnv(account, registry, task, container) },
    options.startupMs ?? STARTUP_MS,
  );
  const builds = new CodeBuildRuntime(
    { runner: options.runner, store: new CodeBuildStore(at("codebuild"), account), scheduler },
    (build) => buildEnv(account, registry, build),
  );
  const services = [
    stsService(account, scheduler),
    secretsManagerService(vault, scheduler),
    ecrService({ account, scheduler, store: images, tokens, registry: () => registry }),
    elbv2Service(balancing),
    ecsService(ecs, balancing),
    rdsService(databases, account),
    codebuildService(builds, vault),
  ];
  const doors = [
    ...(options.doors ?? []),
    s3Door(buckets, scheduler, striker, onFault),
    registryDoor(images, tokens, scheduler, onFault),
    metadataDoor(store),
    awsDoor(services, striker, onFault),
  ];
  const endpoint = await startEndpoint(options.port ?? 0, doors, onFault);
  registry = `127.0.0.1:${endpoint.port}`;
  await balancing.resume();

  // The listeners first: without requests under way nothing has to drain.
  const stopWork = async () => {
    await balancing.close();
    await Promise.all([ecs.close(), builds.close()]);
  };
  return {
    endpoint: `http://${registry}`,
    registry,
    account,
    vault,
    buckets,
    databases,
    images,
    balancing,
    ecs,
    faults,
    resume: () => {
      ecs.resume();
      builds.resume();
    },
    stopWork,
    async close() {
      await stopWork();
      scheduler.close();
      await endpoint.close();
    },
  };
}
