import { cpSync, rmSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { openMigrations } from "../../../src/adapters/postgres/open-migrations.ts";
import { MODULE_ROOT } from "../../../src/cli/call/module/module-source.ts";
import { Secret } from "../../../src/core/secret.ts";
import { useDatabase } from "../../support/postgres.ts";
import { anApp } from "./an-app.ts";

/** A sandbox has a loopback of its own, so a database that it can reach needs an address of the network. */
const ADDRESS = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;

const database = useDatabase();
const app = anApp({});
rmSync(join(app.folder, "slipway.config.json"));
for (const part of ["migrations", "seeds", "slipway.config.ts", "package.json"]) {
  cpSync(join(MODULE_ROOT, "examples/diary", part), join(app.folder, part), { recursive: true, force: true });
}
afterAll(() => app.remove());

/** The URL of the same database at an address of this machine's network. */
async function onTheNetwork(text: string, address: string): Promise<string> {
  const url = new URL(text);
  const [host, port] = [url.hostname, Number(url.port)];
  const server = createServer((inside) => {
    const outside = connect({ host, port });
    for (const socket of [inside, outside]) socket.on("error", () => undefined);
    inside.pipe(outside).pipe(inside);
  });
  await new Promise<void>((listens) => server.listen(0, address, listens));
  onTestFinished(() => void server.close());
  url.hostname = address;
  url.port = String((server.address() as AddressInfo).port);
  return url.href;
}

// Skipped on a machine without a network.
test.runIf(ADDRESS !== undefined)(
  "a database whose URL is given is asked from within the module, and nothing of its URL is told",
  async () => {
    const migrations = await openMigrations({
      url: new Secret("DATABASE_URL", database.url),
      folder: join(app.folder, "migrations"),
    });
    await migrations.apply({ to: "0003_row_level_security", fence: 1, signal: new AbortController().signal });
    await migrations.close();
    const TARGET = await onTheNetwork(database.url, ADDRESS ?? "");
    const ask = (...words: string[]) =>
      app.call(["--engine=embedded", "migrations", ...words, "--database=env:TARGET"], { TARGET });

    const status = await ask("status");
    expect(status.stderr).toMatch(/migrations status: done in /);
    expect(status).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("0003") as string });
    expect(await ask("plan")).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("0004") as string,
    });
    expect(await ask("drift")).toMatchObject({ exitCode: 0 });

    // The same question has another answer once the database is another one.
    const client = await database.connect();
    await client.query("alter table entries add column by_hand text");
    const drifted = await ask("drift");
    expect(drifted).toMatchObject({ exitCode: 10, stderr: expect.stringContaining("by_hand") as string });
    const password = new URL(TARGET).password;
    for (const { stdout, stderr } of [status, drifted]) expect(stdout + stderr).not.toContain(password);
  },
  600_000,
);
