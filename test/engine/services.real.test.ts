import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { connect } from "@dagger.io/dagger";
import { afterAll, describe, expect, test } from "vitest";
import { failureOf, js, pipeline, scratch, SDKS } from "./pipeline.ts";

const folder = await scratch();
afterAll(async () => await folder[Symbol.asyncDispose]());

const HTTP = js(`
  let asked = 0;
  setTimeout(() => require("http").createServer((request, response) => {
    asked += 1;
    response.end("answer " + asked + " to " + request.url);
  }).listen(8080), 100);`);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

const ask = (url: string) => js(`fetch(${JSON.stringify(url)}).then((r) => r.text()).then(console.log)`);

describe.each(SDKS)("services, through $name", (sdk) => {
  const run = async (body: Parameters<typeof pipeline>[2]) =>
    await pipeline(sdk, { cacheFolder: join(folder.path, sdk.name) }, body);

  test("are started when first needed, awaited until healthy, and shared by all who bind them", async () => {
    await run(async ({ node, log }) => {
      const web = node.withExposedPort(8080).asService({ args: HTTP });
      const client = node.withServiceBinding("web", web);
      expect(log.filter(({ kind }) => kind === "service-started")).toEqual([]);

      expect(await client.withExec(ask("http://web:8080/a")).stdout()).toBe("answer 1 to /a\n");
      expect(await client.withExec(ask("http://web:8080/b")).stdout()).toBe("answer 2 to /b\n");
      expect(log.filter(({ kind }) => kind === "service-started")).toHaveLength(1);
    });
  });

  test("can be reached from this machine through a tunnel, and stopped", async () => {
    await run(async ({ dag, node }) => {
      const web = node.withExposedPort(8080).asService({ args: HTTP });
      const tunnel = await dag.host().tunnel(web).start();
      const url = await tunnel.endpoint({ scheme: "http" });

      expect(url).toMatch(/^http:\/\/localhost:\d+$/);
      expect(await (await fetch(`${url}/here`)).text()).toMatch(/^answer \d+ to \/here$/);
      await tunnel.stop();
      await expect(fetch(url)).rejects.toThrow("fetch failed");
    });
  });

  test("are opened on a port of this machine by up, until the session ends", async () => {
    const port = await freePort();
    await run(async ({ node }) => {
      const web = node.withExposedPort(8080).asService({ args: HTTP });
      web.up({ ports: [{ frontend: port, backend: 8080 }] }).catch(() => {});

      const answer = async () =>
        await fetch(`http://127.0.0.1:${port}/up`).then(async (response) => await response.text());
      await expect
        .poll(async () => await answer().catch(() => ""), { timeout: 20_000 })
        .toMatch(/^answer \d+ to \/up$/);
    });
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow("fetch failed");
  });

  test("that end before they are healthy fail the exec with what they wrote", async () => {
    await run(async ({ node }) => {
      const broken = node
        .withExposedPort(8080)
        .asService({ args: js("console.error('no config'); process.exit(4)") });
      const failure = await failureOf(node.withServiceBinding("web", broken).withExec(["true"]).sync());

      expect({ exitCode: failure.exitCode, stderr: failure.stderr }).toEqual({
        exitCode: 4,
        stderr: "no config",
      });
    });
  });

  test("use other services", async () => {
    await run(async ({ node }) => {
      const inner = node.withExposedPort(8080).asService({ args: HTTP });
      const outer = node
        .withServiceBinding("inner", inner)
        .withExposedPort(9090)
        .asService({
          args: js(`require("http").createServer(async (_, response) =>
            response.end("via " + await (await fetch("http://inner:8080/x")).text())).listen(9090)`),
        });

      expect(
        await node.withServiceBinding("outer", outer).withExec(ask("http://outer:9090")).stdout(),
      ).toMatch(/^via answer \d+ to \/x\n$/);
    });
  });

  test("of this machine can be bound by their port, and what uses them is not cached", async () => {
    const server = createServer((socket) => socket.end("from this machine"));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    try {
      const text = async () =>
        await pipeline(sdk, { cacheFolder: join(folder.path, sdk.name) }, async ({ dag, node, execs }) => {
          const host = dag.host().service([{ frontend: 7000, backend: port }]);
          const connect = js('require("net").connect(7000, "db").pipe(process.stdout)');
          const stdout = await node.withServiceBinding("db", host).withExec(connect).stdout();
          return { stdout, cached: execs().map(({ cached }) => cached) };
        });

      expect(await text()).toEqual({ stdout: "from this machine", cached: [false] });
      expect(await text()).toEqual({ stdout: "from this machine", cached: [false] });
    } finally {
      server.close();
    }
  });

  test("do not share ports: two execs can listen on the same one at once", async () => {
    await run(async ({ dag, node }) => {
      // Each waits until it has seen the other, so that they really run at once.
      const meeting = dag.cacheVolume(`meeting ${Date.now()}`);
      const meet = (me: string, other: string) =>
        node
          .withMountedCache("/meeting", meeting)
          .withExec(
            js(`
          const fs = require("fs");
          const server = require("net").createServer().listen(9000, () => {
            fs.writeFileSync("/meeting/${me}", "");
            const wait = setInterval(() => {
              if (!fs.existsSync("/meeting/${other}")) return;
              clearInterval(wait);
              server.close();
              console.log("met");
            }, 10);
          });`),
          )
          .stdout();

      expect(await Promise.all([meet("a", "b"), meet("b", "a")])).toEqual(["met\n", "met\n"]);
    });
  });

  test("cannot be reached unless they are bound, and neither can this machine", async () => {
    const server = createServer((socket) => socket.end("private"));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    try {
      await run(async ({ node }) => {
        const attempt = js(`require("net").connect(${port}, "127.0.0.1")
          .on("error", (error) => console.log(error.code)).on("connect", () => console.log("connected"))`);
        expect(await node.withExec(attempt).stdout()).toBe("ECONNREFUSED\n");
      });
    } finally {
      server.close();
    }
  });
});

describe("Postgres as a service", () => {
  test("keeps the official image's contract", async () => {
    await pipeline({ connect }, { cacheFolder: join(folder.path, "postgres") }, async ({ dag, node }) => {
      const postgres = dag
        .container()
        .from("postgres:18")
        .withEnvVariable("POSTGRES_USER", "clinic")
        .withSecretVariable("POSTGRES_PASSWORD", dag.setSecret("password", "a-good-password"))
        .withEnvVariable("POSTGRES_DB", "diary")
        .asService({ useEntrypoint: true });
      const query = `
        const { Client } = require("/app/node_modules/pg");
        const client = new Client("postgres://clinic:a-good-password@db:5432/diary");
        client.connect().then(() => client.query("select current_user, current_database()"))
          .then(({ rows }) => console.log(JSON.stringify(rows[0]))).then(() => client.end());`;
      const packages = ["pg", "pg-*", "pgpass", "postgres-*", "split2", "xtend"].map(
        (name) => `node_modules/${name}`,
      );
      const app = dag.host().directory(process.cwd(), { include: packages });

      expect(
        await node.withDirectory("/app", app).withServiceBinding("db", postgres).withExec(js(query)).stdout(),
      ).toBe('{"current_user":"clinic","current_database":"diary"}\n');
    });
  });
});
