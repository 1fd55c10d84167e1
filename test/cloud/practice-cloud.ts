import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CodeBuildClient } from "@aws-sdk/client-codebuild";
import { ECRClient } from "@aws-sdk/client-ecr";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { RDSClient } from "@aws-sdk/client-rds";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { STSClient } from "@aws-sdk/client-sts";
import { ChildRunner } from "./ecs/child-runner.ts";
import { startCloud, type Cloud, type CloudOptions } from "../../src/cloud/start.ts";

export interface PracticeCloud {
  readonly cloud: Cloud;
  readonly folder: string;
  readonly faults: unknown[];
  readonly clients: ReturnType<typeof clientsFor>;
  close(): Promise<void>;
}

/** A cloud in a folder of its own, with the official clients pointed at it. */
export async function practiceCloud(options: Partial<CloudOptions> = {}): Promise<PracticeCloud> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-cloud-test-"));
  const faults: unknown[] = [];
  const cloud = await startCloud({
    folder,
    runner: new ChildRunner({}),
    onFault: (fault) => faults.push(fault),
    ...options,
  });
  return {
    cloud,
    folder,
    faults,
    clients: clientsFor(cloud.endpoint),
    async close() {
      await cloud.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function clientsFor(endpoint: string, accessKeyId = "slipway") {
  const config = {
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey: "slipway" },
    maxAttempts: 1,
  };
  return {
    codebuild: new CodeBuildClient(config),
    ecr: new ECRClient(config),
    ecs: new ECSClient(config),
    elb: new ElasticLoadBalancingV2Client(config),
    rds: new RDSClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    secrets: new SecretsManagerClient(config),
    sts: new STSClient(config),
  };
}

/** Name and message of what a call is rejected with. */
export async function refusal(call: Promise<unknown>): Promise<{ name: string; message: string }> {
  const error = await call.then(
    () => new Error("nothing was refused"),
    (reason: unknown) => reason as Error,
  );
  return { name: error.name, message: error.message };
}
