import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { ListTasksCommand } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DeploymentReport } from "../../src/core/deployment/report.ts";
import { aWrittenConfig } from "../builders/a-config.ts";
import { until } from "../cloud/until.ts";
import { useDatabase } from "../support/postgres.ts";
import { DeliveredApp, WORKER_IMAGE } from "./delivered-app.ts";
import { slipway, startSlipway } from "./slipway.ts";

const database = useDatabase();
let app: DeliveredApp;
beforeEach(async () => {
  app = await DeliveredApp.begin(database.url);
  const { secrets } = app.practice.clients;
  await secrets.send(
    new CreateSecretCommand({ Name: "diary/local/worker-ledger-url", SecretString: database.url }),
  );
  const written = aWrittenConfig();
  const local = { cloud: "local" as const, ...written.environments["local"], smokeTimeoutSeconds: 2 };
  app.configure({
    ...written,
    database: { runs: { as: "ecs-task", image: WORKER_IMAGE } },
    environments: { local },
  });
});
afterEach(() => app.close());

const words = (verb: readonly string[], ...more: string[]) => [
  ...verb,
  "--env=local",
  `--project=${app.folder}`,
  ...more,
];

test("a deployment whose migrations run as a task of ECS goes up", async () => {
  const ran = await slipway(words(["deploy"], `--release=${await app.publish(1)}`, "--json"), app.env);
  console.log(ran.stderr);
  expect(ran.code).toBe(0);
});
