import { dag } from "@dagger.io/dagger";
import { expect, test, vi } from "vitest";
import type { AppCheck } from "../../dagger/src/app-config.ts";
import { recipe, runAllChecks, runCheck } from "../../dagger/src/checks.ts";
import { captureQueries, FailedExec } from "./capture.ts";

const setup = { files: ["package.json", "package-lock.json"], run: [["npm", "ci"]] };

function aCheck(over: Partial<AppCheck> = {}): AppCheck {
  return {
    image: "node:24",
    setup,
    run: [["npm", "run", "lint"]],
    workdir: ".",
    env: {},
    timeoutSeconds: 600,
    ...over,
  };
}

const execs = (query: string) => [...query.matchAll(/withExec \(args: (\[.*?\])\)/g)].map(([, args]) => args);

/** The part of a query up to and with its setup. */
const upToSetup = (query: string) => query.slice(0, query.indexOf('"npm","ci"'));

async function queryOf(check: AppCheck, name = "lint"): Promise<string> {
  const queries = captureQueries(() => "id");
  await recipe(dag.directory(), check, name).stdout();
  return queries.at(-1) ?? "";
}

test("a check runs its setup and then its commands, each under its time limit", async () => {
  const query = await queryOf(aCheck({ run: [["a", "b c"], ["d"]], timeoutSeconds: 7 }));

  expect(execs(query)).toEqual([
    '["timeout","-k","5","900","npm","ci"]',
    '["timeout","-k","5","7","a","b c"]',
    '["timeout","-k","5","7","d"]',
  ]);
});

test("the setup sees only its own files, so that another change does not run it again", async () => {
  const queries = captureQueries(() => "id");
  await recipe(dag.directory(), aCheck(), "lint").stdout();

  expect(queries).toContainEqual(
    '{ directory { filter (include: ["package.json","package-lock.json"]) { id } } }',
  );
});

test("checks that differ in what they run, their variables, limits and Postgres share their setup", async () => {
  const one = await queryOf(aCheck());
  const other = await queryOf(
    aCheck({ run: [["npm", "test"]], env: { A: "1" }, timeoutSeconds: 1, postgres: "postgres:18" }),
    "integration",
  );

  expect(upToSetup(other)).toBe(upToSetup(one));
  expect(other).not.toBe(one);
});

test("a check that asks for Postgres has one of its own, bound as `postgres`, with the variables that clients read", async () => {
  const queries = captureQueries(() => "id");
  await recipe(dag.directory(), aCheck({ postgres: "postgres:17" }), "integration").stdout();

  const service = queries.find((query) => query.includes("asService")) ?? "";
  expect(service).toContain('from (address: "postgres:17")');
  expect(service).toContain('withEnvVariable (name: "SLIPWAY_CHECK",value: "integration")');
  expect(service).toContain('withEnvVariable (name: "POSTGRES_INITDB_ARGS",value: "--no-sync")');
  const variables = [
    ...(queries.at(-1) ?? "").matchAll(/withEnvVariable \(name: "(PG\w+|DATABASE_URL)",value: "(.*?)"\)/g),
  ];
  expect(Object.fromEntries(variables.map(([, name, value]) => [name, value]))).toEqual({
    PGHOST: "postgres",
    PGPORT: "5432",
    PGUSER: "postgres",
    PGPASSWORD: "postgres",
    PGDATABASE: "postgres",
    DATABASE_URL: "postgres://postgres:postgres@postgres:5432/postgres",
  });
});

test("a check in a folder of the app runs there", async () => {
  expect(await queryOf(aCheck({ workdir: "services/api" }))).toContain(
    'withWorkdir (path: "/app/services/api")',
  );
});

test("a check that is not declared is refused with those that are", async () => {
  await expect(runCheck(dag.directory(), { unit: aCheck(), types: aCheck() }, "lint")).rejects.toMatchObject({
    name: "WrongCall",
    message: 'the config declares no check named "lint"; it declares unit, types',
  });
});

test("all failing checks are told, one sentence each, and the others run to their end", async () => {
  const story = quiet();
  captureQueries((query) => {
    if (query.includes('"npm","run","a"'))
      throw new FailedExec(["timeout", "-k", "5", "600", "npm", "run", "a"], 3);
    if (query.includes('"npm","run","b"'))
      throw new FailedExec(["timeout", "-k", "5", "9", "npm", "run", "b"], 124);
    return "id";
  });
  const checks = {
    a: aCheck({ run: [["npm", "run", "a"]] }),
    b: aCheck({ run: [["npm", "run", "b"]], timeoutSeconds: 9 }),
    c: aCheck({ run: [["npm", "run", "c"]] }),
  };

  await expect(runAllChecks(dag.directory(), checks)).rejects.toMatchObject({
    name: "CheckFailed",
    message: 'a: "npm run a" ended with exit code 3\nb: "npm run b" took longer than 9 s and was ended',
  });
  const ends = story().filter((line) => /(ok|failed), /.test(line));
  expect(new Set(ends.map((line) => line.split(",")[0]))).toEqual(
    new Set(["check a: failed", "check b: failed", "check c: ok"]),
  );
});

test("one failing check keeps the command's exit code and output on the error", async () => {
  quiet();
  captureQueries(() => {
    throw new FailedExec(["timeout", "-k", "5", "600", "npm", "run", "lint"], 2, "what it said");
  });

  await expect(runCheck(dag.directory(), { lint: aCheck() }, "lint")).rejects.toMatchObject({
    message: 'lint: "npm run lint" ended with exit code 2',
    exitCode: 2,
    stderr: "what it said",
  });
});

function quiet(): () => string[] {
  const spy = vi.spyOn(console, "log").mockImplementation(() => undefined);
  return () => spy.mock.calls.map(([line]) => String(line));
}
