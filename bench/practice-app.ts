import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { ensureLedger } from "../src/adapters/postgres/ensure-ledger.ts";
import { Secret } from "../src/core/secret.ts";
import { aWrittenConfig } from "../test/builders/a-config.ts";
import { practiceCloud, type PracticeCloud } from "../test/cloud/practice-cloud.ts";

/** A cloud for practice, a ledger, and as many apps with one database each as a benchmark wants. */
export interface PracticeApps {
  readonly env: NodeJS.ProcessEnv;
  /** The folder of a new app whose environment `local` has this database. */
  add(name: string, migrations: string, database: string): Promise<string>;
  close(): Promise<void>;
}

/** @param ledger URL of an empty database */
export async function practiceApps(scratch: string, ledger: string): Promise<PracticeApps> {
  await ensureLedger(new Secret("ledger-url", ledger), new AbortController().signal);
  const practice: PracticeCloud = await practiceCloud();
  const { cloud, clients } = practice;
  return {
    env: { ...process.env, AWS_ENDPOINT_URL: cloud.endpoint, SLIPWAY_LEDGER_URL: ledger, HOME: scratch },
    add: async (app, migrations, SecretString) => {
      const folder = mkdtempSync(join(scratch, `${app}-`));
      const environments = { local: { cloud: "local" as const } };
      const config = { ...aWrittenConfig({ database: { migrations }, environments }), app };
      writeFileSync(join(folder, "slipway.config.json"), JSON.stringify(config));
      await clients.secrets.send(new CreateSecretCommand({ Name: `${app}/local/migrate-url`, SecretString }));
      return folder;
    },
    close: () => practice.close(),
  };
}
