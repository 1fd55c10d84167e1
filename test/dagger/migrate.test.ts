import { dag, type File, type Secret } from "@dagger.io/dagger";
import { beforeEach, expect, test } from "vitest";
import { captureQueries, FailedExec } from "./capture.ts";

type Answer = Promise<string>;

/** The class of the module, which this project's compiler options would read otherwise than Dagger does. */
interface Migrations {
  readonly postgres?: string;
  lint(): Answer;
  plan(database?: Secret): Answer;
  rehearse(): Answer;
  up(to?: string): Answer;
  down(to: string): Answer;
  roundTrip(to?: string): Answer;
  snapshot(to?: string): Promise<File>;
  drift(against?: File, database?: Secret): Answer;
  check(database?: Secret): Answer;
  expect(database?: Secret): Answer;
  rls(): Answer;
  status(database: Secret): Answer;
  seed(env: string, ledger: Secret, set?: readonly string[], dryRun?: boolean): Answer;
}

const MODULE = "../../dagger/src/migrations.ts";
const { Migrations: Class } = (await import(MODULE)) as {
  Migrations: new (source: object, slipway: object, packages: object, postgres?: string) => Migrations;
};

const packages = Object.fromEntries(
  [
    "commander",
    "temporal-polyfill",
    "yaml",
    "zod",
    "canonicalize",
    "libpg-query",
    "node-pg-migrate",
    "pg",
    "@squawk-cli/linux-x64",
  ].map((name) => [`node_modules/${name}`, { version: "1.0.0" }]),
);

let queries: string[];
let fails: FailedExec | undefined;

beforeEach(() => {
  fails = undefined;
  queries = captureQueries((query) => {
    if (query.includes("glob")) return [];
    if (query.includes("defaultPlatform")) return "linux/amd64";
    if (query.includes("contents }")) return JSON.stringify({ packages, dependencies: { pg: "*" } });
    if (query.includes('"config"'))
      return JSON.stringify({
        database: { migrations: "db/migrations", seeds: "rows", image: "postgres:18" },
      });
    if (query.includes('"migrate"') && fails !== undefined) throw fails;
    return "answer";
  });
});

const migrations = (postgres?: string) =>
  new Class(dag.directory(), dag.directory(), dag.directory(), postgres);

const words = (query: string) =>
  (JSON.parse([...query.matchAll(/withExec \(args: (\[.*?\])\)/g)].at(-1)?.[1] ?? "[]") as string[]).slice(4);
const last = () => queries.filter((query) => query.includes('"migrate"')).at(-1) ?? "";
const server = () => queries.findLast((query) => query.includes("asService"));

test.each([
  ["lint", (on: Migrations) => on.lint(), ["lint"], undefined],
  ["plan", (on: Migrations) => on.plan(), ["plan", "--render"], undefined],
  ["rehearse", (on: Migrations) => on.rehearse(), ["rehearse"], "postgres:18"],
  ["up", (on: Migrations) => on.up("0003"), ["up", "--rehearsal", "--to=0003"], "postgres:18"],
  ["down", (on: Migrations) => on.down("nothing"), ["down", "--rehearsal", "--to=nothing"], "postgres:18"],
  ["round-trip", (on: Migrations) => on.roundTrip(), ["round-trip"], "postgres:18"],
  ["check", (on: Migrations) => on.check(), ["check", "--rehearsal"], "postgres:18"],
  ["expect", (on: Migrations) => on.expect(), ["expect", "--rehearsal"], "postgres:18"],
  ["rls", (on: Migrations) => on.rls(), ["rls"], "postgres:18"],
  [
    "drift from a snapshot",
    (on: Migrations) => on.drift(dag.file("a.json", "{}")),
    ["drift", "--against=/against.json", "--rehearsal"],
    "postgres:18",
  ],
])(
  "%s runs in an empty Postgres where it needs one, and the same inputs are one exec",
  async (_, call, argv, image) => {
    expect(await call(migrations())).toBe("answer");

    const bound = image === undefined ? [] : ["--server-env=DATABASE_URL"];
    expect(words(last())).toEqual(["--project=/app", ...argv.slice(1), ...bound]);
    expect(last()).toContain(`"migrate","${argv[0]}"`);
    expect(server()?.match(/from \(address: "(.*?)"\)/)?.[1]).toBe(image);
    expect(last()).not.toContain("SLIPWAY_RUN_ID");
  },
);

test.each([
  ["status", (on: Migrations) => on.status(dag.secret("env://A"))],
  ["plan", (on: Migrations) => on.plan(dag.secret("env://A"))],
  ["check", (on: Migrations) => on.check(dag.secret("env://A"))],
  ["expect", (on: Migrations) => on.expect(dag.secret("env://A"))],
  ["drift", (on: Migrations) => on.drift(undefined, dag.secret("env://A"))],
])("%s asks a database that is there anew each time, by a secret", async (verb, call) => {
  await call(migrations());

  expect(words(last())).toEqual(["--project=/app", "--url-env=SLIPWAY_TARGET_URL"]);
  expect(last()).toContain(`"migrate","${verb}"`);
  expect(last()).toContain('withSecretVariable (name: "SLIPWAY_TARGET_URL",secret: "answer")');
  expect(last()).toMatch(/withEnvVariable \(name: "SLIPWAY_RUN_ID",value: "[0-9a-f-]{36}"\)/);
  expect(server()).toBeUndefined();
});

test("seed runs with the whole CLI, by the ledger's secret, anew each time", async () => {
  await migrations().seed("staging", dag.secret("env://A"), ["demo", "more"], true);

  expect(words(last())).toEqual(["--project=/app", "--env=staging", "--set=demo", "--set=more", "--dry-run"]);
  expect(last()).toContain('"migrate","seed"');
  expect(last()).toContain('withSecretVariable (name: "SLIPWAY_LEDGER_URL",secret: "answer")');
  expect(last()).toContain("SLIPWAY_RUN_ID");
});

test("the box has the migrations and what lies beside them, and nothing else of the app", async () => {
  await migrations().lint();

  expect(queries.find((query) => query.includes("db/checks"))).toContain(
    'filter (include: ["slipway.config.*","package.json","db/migrations","rows","db/checks"])',
  );
});

test("a snapshot is a file with the document that was printed", async () => {
  await (await migrations("17").snapshot("0002")).contents();

  expect(words(last())).toEqual([
    "--project=/app",
    "--rehearsal",
    "--to=0002",
    "--json",
    "--server-env=DATABASE_URL",
  ]);
  expect(server()).toContain('from (address: "postgres:17")');
  expect(queries.at(-1)).toContain('withNewFile (path: "snapshot.json",contents: "answer")');
});

test("a verb that fails is told with the CLI's sentence, and keeps its exit code", async () => {
  fails = new FailedExec(["node"], 12, "  0001.down.sql: does not bring the schema back\n    → mend it\n");

  await expect(migrations().rehearse()).rejects.toMatchObject({
    message: "slipway ended with exit code 12: 0001.down.sql: does not bring the schema back (mend it)",
    exitCode: 12,
  });
});

test.each(["", "newest", "18.4.1 ", "v18"])("refused as a Postgres: %j", (postgres) => {
  expect(() => migrations(postgres)).toThrow(
    `--postgres must be a major version such as 18, or an image, got "${postgres}"`,
  );
});

test("an image is taken as it is, and drift is refused without anything to compare", async () => {
  expect(migrations("registry.example/postgres@sha256:abc").postgres).toBe(
    "registry.example/postgres@sha256:abc",
  );
  await expect(migrations().drift()).rejects.toMatchObject({
    name: "WrongCall",
    message: "drift compares two things: give --database, --against or both",
  });
});
