import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, test } from "vitest";
import { anApp } from "./an-app.ts";

const app = anApp({});
afterAll(() => app.remove());

const ledger = { LEDGER: "postgres://teller:hunter2hunter2@ledger.invalid:5432/records" };
const call = (...words: string[]) => app.call(["--engine=embedded", ...words, "--ledger=env:LEDGER"], ledger);

test("a verb runs in its box with all of the CLI; its exit code and sentence are the call's", async () => {
  const unknown = await call("status", "--env=prod");
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toContain('\n  --env: the config has no environment "prod"\n    → known: local\n');

  const unreachable = await call("rollback", "--env=local", "--cloud=tcp://127.0.0.1:9");
  expect(unreachable.exitCode).toBe(11);
  expect(unreachable.stderr).toContain("ledger.invalid");
});

test("the ledger's password is in nothing that is printed", async () => {
  const run = await call("-j", "status", "--env=local", "--cloud=tcp://127.0.0.1:9");

  expect(run.exitCode).toBe(11);
  expect(run.stdout + run.stderr).not.toContain("hunter2");
});

test("what touches the world runs again each time", async () => {
  const run = await call("status", "--env=prod");

  expect(run.stderr).toMatch(/status .*--env=prod: exit code 2/);
  expect(run.stderr).toContain("ran 1 command,");
});

test("the cloud that stands in for AWS is reached from the box", async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end("from the cloud");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  try {
    const script = "fetch(process.argv[1]).then((a) => a.text()).then(console.log)";
    const run = await app.call([
      "--engine=embedded",
      "image",
      "--component=api",
      `--commit=${"0123456789".repeat(4)}`,
      "with-service-binding",
      "--alias=cloud",
      `--service=tcp://127.0.0.1:${port}`,
      "with-exec",
      `--args=node,-e,"${script.replaceAll('"', '""')}",http://cloud:${port}/x`,
      "stdout",
    ]);

    expect(run).toMatchObject({ exitCode: 0, stdout: "from the cloud\n" });
    expect(asked).toEqual(["/x"]);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
