import { DeregisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { onDatabase } from "../lab/databases.ts";
import { observePlatform } from "../lab/platform.ts";
import type { RunChanges, Verb, World } from "../lab/world.ts";
import { attackCell } from "./attack-cell.ts";
import type { Cell } from "./cell.ts";

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
/** Nobody listens there: the port of a service that no machine of today offers. */
const NOWHERE = "postgresql://nobody@127.0.0.1:9/nothing";

/** What must be known before anything is changed, and is not: then nothing is changed. */
export function closedDoors(): Cell[] {
  const blind = (
    id: string,
    changes: RunChanges,
    prepare?: (world: World) => Promise<unknown>,
    mend?: (world: World) => Promise<unknown>,
    instead?: Verb,
  ) =>
    attackCell(id, true, {
      strike: async (world, { verb }) => {
        await prepare?.(world);
        const run = await world.run(instead ?? verb, changes);
        await mend?.(world);
        return [run];
      },
      mayEnd: ["old"],
      expect: ([run]) => (run?.exitCode === 11 ? [] : [`exit ${run?.exitCode ?? run?.signal}, not 11`]),
      blindSince: ([run]) => run?.startedAt,
    });

  return [
    // A release of the practice cloud is not admitted to AWS; a rollback asks for none.
    blind(
      "F15/upgrade/wrong-account",
      AS_ON_AWS,
      (world) => onAws(world, { account: "123456789012" }),
      asItWas,
      ["rollback"],
    ),
    blind(
      "F15/upgrade/wrong-region",
      { env: { ...AS_ON_AWS.env, AWS_REGION: "eu-west-1" } },
      (world) => onAws(world, {}),
      asItWas,
      ["rollback"],
    ),
    blind("F14/upgrade/credentials-expired", { choose: () => "expired-credentials" }),
    blind("F16/upgrade/ledger-gone", { env: { SLIPWAY_LEDGER_URL: NOWHERE } }),
    blind("F16/upgrade/cloud-gone", { choose: () => "reset-before" }),
    ...[HOUR_MS, -HOUR_MS, 10 * YEAR_MS, -10 * YEAR_MS].map((ms) =>
      blind(`F25/upgrade/cloud-clock/${ms / HOUR_MS}-h`, { cloudClockMs: ms }),
    ),
    blind("F39/upgrade/way-back-gone", {}, async ({ platform, lab }) => {
      const { revision } = await observePlatform(platform, lab.practice);
      await lab.practice.clients.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: revision }));
    }),
    blind(
      "F41/upgrade/ledger-newer",
      {},
      (world) => migrateLedger(world, "insert"),
      (world) => migrateLedger(world, "delete"),
    ),
  ];
}

const asItWas = async (world: World) => world.writeConfig();

const AS_ON_AWS = {
  env: { AWS_ACCESS_KEY_ID: "practice", AWS_SECRET_ACCESS_KEY: "practice", AWS_REGION: "us-east-1" },
} satisfies RunChanges;

/** The environment is described as one of AWS itself, its account pinned. */
async function onAws(world: World, changes: Readonly<Record<string, unknown>>): Promise<void> {
  const role = "arn:aws:iam::000000000000:role/tasks";
  const tasks = { executionRole: role, subnets: ["subnet-1"], securityGroups: ["sg-1"] };
  world.writeConfig(
    { cloud: "aws", region: "us-east-1", account: "000000000000", tasks, ...changes },
    { ledger: { anchors: [{ kind: "s3", bucket: "slipway-anchors" }] } },
  );
}

async function migrateLedger({ databases }: World, what: "insert" | "delete"): Promise<void> {
  await onDatabase(databases.ledger, async (client) => {
    const name = "9999_future";
    if (what === "delete") {
      await client.query("delete from slipway_ledger.pgmigrations where name = $1", [name]);
      await client.query("delete from slipway_ledger.migration_checksums where id = $1", [name]);
      return;
    }
    await client.query("insert into slipway_ledger.pgmigrations (name, run_on) values ($1, now())", [name]);
    const { rows } = await client.query<{ columns: string }>(
      `select string_agg(quote_ident(column_name), ', ') as columns from information_schema.columns
       where table_schema = 'slipway_ledger' and table_name = 'migration_checksums'
         and is_identity = 'NO' and column_name <> 'id'`,
    );
    const columns = rows[0]?.columns ?? "";
    await client.query(
      `insert into slipway_ledger.migration_checksums (id, ${columns})
       select $1, ${columns} from slipway_ledger.migration_checksums limit 1`,
      [name],
    );
  });
}
