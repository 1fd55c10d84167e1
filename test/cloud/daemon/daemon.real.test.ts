import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { DescribeTargetGroupsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { DescribeRepositoriesCommand } from "@aws-sdk/client-ecr";
import { Client } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { askFaults } from "../../../src/cloud/daemon/ask-faults.ts";
import { askStatus } from "../../../src/cloud/daemon/ask-status.ts";
import { bringDown } from "../../../src/cloud/daemon/bring-down.ts";
import { bringUp } from "../../../src/cloud/daemon/bring-up.ts";
import type { CloudState } from "../../../src/cloud/daemon/state-file.ts";
import { readConfig } from "../../../src/core/config/read-config.ts";
import { SlipwayError } from "../../../src/core/errors.ts";
import { clientsFor, refusal } from "../practice-cloud.ts";
import { until } from "../until.ts";

let stateFolder: string;
beforeEach(() => (stateFolder = mkdtempSync(join(tmpdir(), "slipway-daemon-test-"))));
afterEach(async () => {
  await bringDown(stateFolder, "default", true);
  rmSync(stateFolder, { recursive: true, force: true });
});

const up = (options: { port?: number; app?: object; signal?: AbortSignal } = {}) =>
  bringUp({
    stateFolder,
    name: "default",
    port: options.port,
    config: options.app === undefined ? undefined : configOf(options.app),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
const state = () =>
  JSON.parse(readFileSync(join(stateFolder, "cloud", "default.json"), "utf8")) as CloudState;

const DIARY = {
  app: "diary",
  components: {
    api: {
      kind: "service",
      path: ".",
      image: { base: "node:24", include: ["**"], entrypoint: ["node", "main.ts"] },
      port: 8080,
      secrets: { DATABASE_URL: "diary/{env}/database-url", SMOKE_TOKEN: "diary/{env}/smoke-token" },
    },
  },
  database: { migrations: "migrations" },
  environments: { local: { cloud: "local", smoke: [{ name: "answers", path: "/" }] } },
};

function configOf(written: object) {
  const result = readConfig(written);
  if (result.kind === "refused") throw new SlipwayError(result.problems, "usage");
  return result.config;
}

test("it comes up once, makes room for the app, and keeps its data and addresses over a restart", async () => {
  const first = await up({ app: DIARY });
  expect(first.alreadyRunning).toBe(false);
  expect(first.provisioned).toMatchObject([{ environment: "local", component: "api" }]);
  expect(statSync(join(stateFolder, "cloud", "default.json")).mode & 0o777).toBe(0o600);

  const clients = clientsFor(first.status.endpoint);
  expect((await clients.sts.send(new GetCallerIdentityCommand({}))).Account).toBe("000000000000");
  const { repositories } = await clients.ecr.send(new DescribeRepositoriesCommand({}));
  expect(repositories?.map((one) => one.repositoryName)).toEqual(["diary/api"]);
  const groups = await clients.elb.send(new DescribeTargetGroupsCommand({ Names: ["diary-local-api"] }));
  expect(groups.TargetGroups?.[0]?.LoadBalancerArns).toHaveLength(1);
  // Nobody serves yet.
  expect((await fetch(first.provisioned[0]?.url ?? "")).status).toBe(503);

  const read = async (SecretId: string) =>
    (await clients.secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? "";
  const appUrl = await read("diary/local/database-url");
  const ownerUrl = await read("diary/local/migrate-url");
  const token = await read("diary/local/smoke-token");
  expect(await rights(appUrl)).toEqual({
    user: "diary_app",
    database: "diary",
    bypass: false,
    superuser: false,
    owner: false,
  });
  expect(await rights(ownerUrl)).toEqual({
    user: "diary_owner",
    database: "diary",
    bypass: false,
    superuser: false,
    owner: true,
  });
  expect(await rights(state().ledgerUrl)).toMatchObject({
    user: "slipway",
    database: "slipway",
    superuser: false,
  });
  await expect(rights(appUrl.replace(/\/diary$/, "/slipway"))).rejects.toThrow(
    'permission denied for database "slipway"',
  );

  const second = await up({ app: DIARY });
  expect([second.alreadyRunning, second.status.pid]).toEqual([true, first.status.pid]);
  expect(second.provisioned).toEqual(first.provisioned);

  const down = await bringDown(stateFolder, "default", false);
  expect(down.stopped).toMatchObject({ pid: first.status.pid, tasks: 0, database: true });
  expect(await askStatus(stateFolder, "default")).toBeUndefined();
  await expect(rights(appUrl)).rejects.toThrow("ECONNREFUSED");

  const third = await up();
  expect([third.alreadyRunning, third.status.endpoint]).toEqual([false, first.status.endpoint]);
  expect(third.status.loadBalancers).toEqual(first.status.loadBalancers);
  expect(await read("diary/local/smoke-token")).toBe(token);
  expect((await rights(appUrl)).user).toBe("diary_app");

  expect(JSON.stringify(third.status)).not.toMatch(/password|:\/\/[^/]*@/);
  expect(third.status.memoryBytes).toBeLessThan(150 * 1024 * 1024);
});

test("a daemon that was killed leaves no process, and the next one starts over its remains", async () => {
  const { status } = await up();
  const { databaseUrl } = state();
  process.kill(status.pid, "SIGKILL");
  await until(
    () =>
      rights(databaseUrl).then(
        () => "lives",
        (error: NodeJS.ErrnoException) => error.code ?? error.message,
      ),
    (answer) => answer === "ECONNREFUSED",
  );
  expect(await askStatus(stateFolder, "default")).toBeUndefined();
  const again = await up();
  expect([again.alreadyRunning, again.status.pid === status.pid]).toEqual([false, false]);
});

test("a state file whose process number belongs to another process now is not believed", async () => {
  const { status } = await up();
  const real = state();
  await bringDown(stateFolder, "default", false);
  const path = join(stateFolder, "cloud", "default.json");
  writeFileSync(path, JSON.stringify({ ...real, pid: process.pid }));
  expect(await askStatus(stateFolder, "default")).toBeUndefined();
  expect(existsSync(path)).toBe(false);
  expect(status.pid).not.toBe(process.pid);
});

test("a port that is taken is named, and nothing is left behind", async () => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  try {
    const error = await up({ port }).then(
      () => undefined,
      (reason: unknown) => reason as SlipwayError,
    );
    expect(error?.exit).toBe("usage");
    expect(error?.problems).toEqual([
      {
        code: "PORT_TAKEN",
        at: `127.0.0.1:${port}`,
        says: `port ${port} is taken by another process`,
        hint: "give another one with --port, or --port=0 for any free one",
      },
    ]);
    expect(readdirSync(join(stateFolder, "cloud")).toSorted()).toEqual(["default", "default.log"]);
  } finally {
    server.close();
  }
});

test("two that come up at the same moment are one cloud or one refusal, never two", async () => {
  const results = await Promise.allSettled([up(), up()]);
  const pids = results.flatMap((one) => (one.status === "fulfilled" ? [one.value.status.pid] : []));
  expect(new Set(pids).size).toBe(1);
  const refused = results.flatMap((one) =>
    one.status === "rejected" ? [(one.reason as SlipwayError).problems] : [],
  );
  expect(refused.flat().filter((problem) => problem.code !== "CLOUD_BUSY")).toEqual([]);
});

async function rights(url: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(`
      select current_user as user, current_database() as database, rolbypassrls as bypass, rolsuper as superuser,
        (select datdba from pg_database where datname = current_database()) = pg_roles.oid as owner
      from pg_roles where rolname = current_user`);
    return rows[0] as { user: string; database: string; bypass: boolean; superuser: boolean; owner: boolean };
  } finally {
    await client.end();
  }
}

test("one that is not wanted any more while it comes up is stopped, and nothing is left of it", async () => {
  const lock = join(stateFolder, "cloud", "default.lock");
  const data = join(stateFolder, "cloud", "default", "postgres", "data");
  for (const begun of [lock, data]) {
    const wanted = new AbortController();
    const coming = refused(up({ app: DIARY, signal: wanted.signal }));
    await until(
      () => existsSync(begun),
      (there) => there,
    );
    // Root's database lies elsewhere while it is at work.
    const places = [stateFolder, realpathSync(begun)];
    wanted.abort();

    expect(await coming).toMatchObject({ exit: "interrupted", problems: [{ code: "INTERRUPTED" }] });
    expect(processesAt(places)).toEqual([]);
    expect(existsSync(join(stateFolder, "cloud", "default.json"))).toBe(false);
  }
  expect((await up({ app: DIARY })).alreadyRunning).toBe(false);
});

test("one that is just coming up keeps its data from whoever wants to delete it", async () => {
  const coming = up();
  await until(
    () => existsSync(join(stateFolder, "cloud", "default.lock")),
    (there) => there,
  );

  const busy = await refused(bringDown(stateFolder, "default", true));
  await coming;

  expect(busy).toMatchObject({ exit: "leaseHeld", problems: [{ code: "CLOUD_BUSY" }] });
});

function refused(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "it was not refused",
    (error: unknown) => error,
  );
}

/** Command lines of the processes that name one of these places. */
function processesAt(places: readonly string[]): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")];
      } catch {
        return []; // it has ended since
      }
    })
    .filter((line) => places.some((place) => line.includes(place)));
}

test("its calls go wrong as they are asked to, and no more after that", async () => {
  expect(await askFaults(stateFolder, "default", [])).toBeUndefined();
  const { status } = await up();
  const { sts } = clientsFor(status.endpoint);
  const rule = { service: "sts", operation: "*", nth: 1, fault: "throttle" } as const;
  expect(await askFaults(stateFolder, "default", [rule])).toEqual([{ ...rule, seen: 0 }]);
  expect((await refusal(sts.send(new GetCallerIdentityCommand({})))).name).toBe("Throttling");
  await sts.send(new GetCallerIdentityCommand({}));
  expect(await askFaults(stateFolder, "default", undefined)).toEqual([{ ...rule, seen: 2 }]);
  const wrong = { ...rule, nth: 0 };
  await expect(askFaults(stateFolder, "default", [wrong])).rejects.toThrow("rules/0/nth: cannot be 0");
});
