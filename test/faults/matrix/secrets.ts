import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { onDatabase } from "../lab/databases.ts";
import { findValues, FORMS } from "../lab/find-values.ts";
import { watchArguments } from "../lab/watch-arguments.ts";
import { World, type RunChanges } from "../lab/world.ts";
import { Dice } from "../dice.ts";
import { readWholeLedger } from "../lab/read-whole-ledger.ts";
import type { Cell, CellContext, CellResult } from "./cell.ts";

const VALUES = 50;
/** What makes a value change its looks on the way into a URL, JSON, a shell's words or lines. */
const ALPHABET = `abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'"\\/&=+ $%#{}<>é`;
/** Split over the borders of chunks is the eighth form: the search looks over line ends. */
const FORM_COUNT = Object.keys(FORMS).length + 1;

/** F31: values that nobody may see, planted wherever secrets come from, and looked for wherever anything goes. */
export function secretCells(): Cell[] {
  return [{ id: "F31/secrets/50-planted-values", inSubset: true, run: plantAndLook }];
}

async function plantAndLook(context: CellContext): Promise<CellResult> {
  const values = plantedValues(new Dice(context.seed));
  const [role = "", ledgerRole = "", ...others] = values;
  const inStore = others.slice(0, 16);
  const inEnvironment = others.slice(16);
  const { lab } = context;
  const roles = [
    [`app_${context.number}`, role],
    [`ledger_${context.number}`, ledgerRole],
  ] as const;
  for (const [name, password] of roles) await createRole(lab.postgres.url, name, password);

  const as = (url: string) => {
    const changed = new URL(url);
    const [name, password] = url.includes("/ledger_") ? roles[1] : roles[0];
    changed.username = name;
    changed.password = encodeURIComponent(password);
    return changed.href;
  };
  const world = await World.open(`f${context.number}`, lab, as);
  const seen = watchArguments(world.folder);
  try {
    await storeSecrets(world, inStore);
    const env = Object.fromEntries(inEnvironment.map((value, index) => [`PLANTED_TOKEN_${index}`, value]));
    await everyWayOfFailing(world, values, { env });
    const found = [...lookEverywhere(world, values, seen.stop()), ...(await lookIntoLedger(world, values))];
    return {
      broken: found.map((says) => `I10: ${says}`),
      counts: { "secrets found": found.length },
      checked: ["I10"],
      figures: {
        "secrets planted": values.length,
        "secrets: forms of each": FORM_COUNT,
        "secrets: runs": world.runs.length,
      },
    };
  } finally {
    seen.stop();
    await world.close();
    for (const [name] of roles)
      await onDatabase(lab.postgres.url, (client) => client.query(`drop role ${name}`));
  }
}

/** Good and bad runs; each tells something, and what goes wrong repeats what it was given. */
async function everyWayOfFailing(
  world: World,
  values: readonly string[],
  { env }: RunChanges,
): Promise<void> {
  const given: RunChanges = env === undefined ? {} : { env };
  const [appPassword = "", ledgerPassword = ""] = values;
  await world.run(["deploy", 1], given);
  await world.run(["deploy", 2], given);
  await world.run(["deploy", 3], given);
  await world.run(["deploy", 4], given);
  // AWS repeats in its error a value that the run knows by then.
  for (const [operation, value] of [
    ["GetSecretValue", ledgerPassword],
    ["RegisterTaskDefinition", appPassword],
    ["UpdateService", appPassword],
  ])
    await world.run(["deploy", 3], {
      ...given,
      choose: (call) =>
        call.operation === operation
          ? { code: "InvalidParameterException", message: `refused: ${value}` }
          : undefined,
    });
  await world.run(["status"], given);
  await world.run(["audit", "verify"], given);
  await world.run(["rollback"], given);
  await world.run(["deploy", 2], {
    env: {
      ...env,
      SLIPWAY_LEDGER_URL: `postgresql://someone:${encodeURIComponent(ledgerPassword)}@127.0.0.1:9/x`,
    },
  });
  await world.run(["deploy", 2], { env: { ...env, SLIPWAY_LEDGER_URL: `no url at all ${ledgerPassword}` } });
}

async function storeSecrets(world: World, values: readonly string[]): Promise<void> {
  const { secrets } = world.lab.practice.clients;
  const names = values.map((_, index) => `diary/${world.name}/planted-${index}`);
  for (const [index, Name] of names.entries())
    await secrets.send(new CreateSecretCommand({ Name, SecretString: values[index] ?? "" }));
  // Sent with a request whose answer is not the one that is expected, so that the answer is told.
  const headers = Object.fromEntries(
    names.slice(0, 8).map((name, index) => [`x-planted-${index}`, `{secret:${name}}`]),
  );
  const variables = Object.fromEntries(names.slice(8).map((name, index) => [`PLANTED_${index}`, name]));
  world.writeConfig(
    { smoke: [{ path: "/version", headers, expectJson: { version: "{version}" } }] },
    { secrets: variables },
  );
}

function lookEverywhere(world: World, values: readonly string[], seenArguments: string): string[] {
  return [
    ...world.runs.flatMap(({ argv, stdout, stderr }, index) => [
      ...findValues(values, stdout, `the answer of run ${index + 1}, ${argv[0]}`),
      ...findValues(values, stderr, `the story of run ${index + 1}, ${argv[0]}`),
    ]),
    ...findValues(values, seenArguments, "the arguments of a process"),
    ...files(world.folder).flatMap((path) =>
      findValues(values, readFileSync(path, "latin1"), path.slice(world.folder.length)),
    ),
  ];
}

async function lookIntoLedger(world: World, values: readonly string[]): Promise<string[]> {
  const text = await onDatabase(world.databases.ledger, readWholeLedger);
  return findValues(values, text, "the ledger");
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

function plantedValues(dice: Dice): string[] {
  return Array.from({ length: VALUES }, (_, index) => {
    const length = index % 10 === 9 ? 8 : 24;
    const text = Array.from({ length }, () => dice.pick(Array.from(ALPHABET))).join("");
    return index % 7 === 6 ? `${text}\n${text.slice(0, 12)}` : text;
  });
}

async function createRole(url: string, name: string, password: string): Promise<void> {
  const quoted = password.replaceAll("'", "''");
  await onDatabase(url, async (client) => {
    await client.query("set standard_conforming_strings = on");
    await client.query(`create role ${name} login superuser password '${quoted}'`);
  });
}
