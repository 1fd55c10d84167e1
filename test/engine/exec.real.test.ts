import { join } from "node:path";
import { type ExecError, ReturnType } from "@dagger.io/dagger";
import { afterAll, describe, expect, test } from "vitest";
import { failureOf, js, pipeline, scratch, SDKS } from "./pipeline.ts";

const cache = await scratch();
afterAll(async () => await cache[Symbol.asyncDispose]());

describe.each(SDKS)("an exec, through $name", (sdk) => {
  const run = async (body: Parameters<typeof pipeline>[2]) =>
    await pipeline(sdk, { cacheFolder: join(cache.path, sdk.name) }, body);

  test("answers its output streams apart and together, and its exit code", async () => {
    await run(async ({ node }) => {
      const exec = node.withExec(js("console.log('out'); console.error('err')"));

      expect(await exec.stdout()).toBe("out\n");
      expect(await exec.stderr()).toBe("err\n");
      expect((await exec.combinedOutput()).split("\n").toSorted()).toEqual(["", "err", "out"]);
      expect(await exec.exitCode()).toBe(0);
    });
  });

  test("that fails throws the SDK's ExecError with the command and what it wrote", async () => {
    await run(async ({ node }) => {
      const failure = await failureOf(node.withExec(["sh", "-c", "echo out; echo err >&2; exit 3"]).stdout());

      expect(failure.constructor.name).toBe("ExecError");
      expect({
        cmd: failure.cmd,
        exitCode: failure.exitCode,
        stdout: failure.stdout,
        stderr: failure.stderr,
      }).toEqual({
        cmd: ["sh", "-c", "echo out; echo err >&2; exit 3"],
        exitCode: 3,
        stdout: "out",
        stderr: "err",
      });
    });
  });

  test("that fails with much output gives the end of it, and says how much is missing", async () => {
    await run(async ({ node }) => {
      const { stdout } = await failureOf(
        node
          .withExec(js("process.stdout.write('a'.repeat(150 * 1024) + 'END', () => process.exit(1))"))
          .sync(),
      );

      expect(stdout).toMatch(/^\[omitting 51203 bytes\]\.\.\.a+END$/);
      expect(Buffer.byteLength(stdout)).toBe(100 * 1024);
    });
  });

  test.each([
    { expected: ReturnType.Any, code: 3, fine: true },
    { expected: ReturnType.Any, code: 0, fine: true },
    { expected: ReturnType.Any, code: 200, fine: true },
    { expected: ReturnType.Any, code: 130, fine: false },
    { expected: ReturnType.Failure, code: 1, fine: true },
    { expected: ReturnType.Failure, code: 0, fine: false },
    { expected: ReturnType.Success, code: 1, fine: false },
  ])("that expects $expected and ends with $code: fine is $fine", async ({ expected, code, fine }) => {
    await run(async ({ node }) => {
      const exitCode = node.withExec(["sh", "-c", `exit ${code}`], { expect: expected }).exitCode();

      const failed = exitCode.then(
        () => false,
        (error: ExecError) => error.exitCode === code,
      );
      expect(await failed).toBe(!fine);
    });
  });

  test("gets stdin, and its streams can be files of the container", async () => {
    await run(async ({ node }) => {
      const exec = node.withExec(["sh", "-c", "cat; echo bad >&2"], {
        stdin: "good",
        redirectStdout: "/log/out.txt",
        redirectStderr: "/log/err.txt",
      });

      expect(await exec.directory("/log").entries()).toEqual(["err.txt", "out.txt"]);
      expect(await exec.file("/log/out.txt").contents()).toBe("good");
      expect(await exec.file("/log/err.txt").contents()).toBe("bad\n");
      expect(await exec.withExec(["cat"], { redirectStdin: "/log/out.txt" }).stdout()).toBe("good");
    });
  });

  test("uses the entrypoint only when asked, and the default arguments when it has none of its own", async () => {
    await run(async ({ node }) => {
      const echo = node.withEntrypoint(["echo", "entry"]).withDefaultArgs(["echo", "default"]);

      expect(await echo.withExec(["echo", "own"]).stdout()).toBe("own\n");
      expect(await echo.withExec(["own"], { useEntrypoint: true }).stdout()).toBe("entry own\n");
      expect(await echo.withExec([]).stdout()).toBe("default\n");
    });
  });

  test("replaces variables in arguments and paths when asked", async () => {
    await run(async ({ node }) => {
      const named = node
        .withEnvVariable("PLACE", "world")
        .withEnvVariable("GREETING", "hello $PLACE", { expand: true });

      expect(await named.withExec(["echo", "${GREETING} $NOBODY."], { expand: true }).stdout()).toBe(
        "hello world .\n",
      );
      expect(await named.withExec(["echo", "$GREETING"]).stdout()).toBe("$GREETING\n");
      expect(await named.withNewFile("/$PLACE.txt", "x", { expand: true }).exists("/world.txt")).toBe(true);
    });
  });

  test("sees the user, working directory and variables it was given, and a volatile one", async () => {
    await run(async ({ node }) => {
      const exec = node
        .withUser("node")
        .withWorkdir("/work")
        .withWorkdir("deep")
        .withEnvVariable("A", "1")
        .withVolatileVariable("RUN", "7")
        .withExec(["sh", "-c", "id -un; pwd; echo $A $RUN $HOME"]);

      expect(await exec.stdout()).toBe("node\n/work/deep\n1 7 /home/node\n");
    });
  });

  test("sees nothing of the caller's environment, home or processes", async () => {
    process.env.SLIPWAY_TEST_ONLY_OUTSIDE = "outside";
    try {
      await run(async ({ node }) => {
        const seen = await node
          .withExec(
            js(`
            const { readdirSync, existsSync } = require("node:fs");
            const processes = readdirSync("/proc").filter((name) => /^\\d+$/.test(name)).length;
            console.log(JSON.stringify({
              variable: process.env.SLIPWAY_TEST_ONLY_OUTSIDE ?? null,
              home: existsSync(${JSON.stringify(process.cwd())}),
              few: processes < 6,
            }));`),
          )
          .stdout();

        expect(JSON.parse(seen)).toEqual({ variable: null, home: false, few: true });
      });
    } finally {
      delete process.env.SLIPWAY_TEST_ONLY_OUTSIDE;
    }
  });

  test("is reported with what it stood on", async () => {
    await run(async ({ node, log }) => {
      await node.withExec(["echo", "for the record"]).sync();

      expect(log.filter(({ kind }) => kind === "exec-finished").at(-1)).toMatchObject({
        argv: ["echo", "for the record"],
        base: `host:node@${process.versions.node}`,
        exitCode: 0,
      });
      expect(log).toContainEqual({
        kind: "output",
        id: expect.any(Number),
        stream: "stdout",
        line: "for the record",
      });
    });
  });

  test("cannot answer output when there was none", async () => {
    await run(async ({ node }) => {
      expect((await failureOf(node.stdout())).message).toBe(
        "no command has been executed; use withExec first",
      );
    });
  });

  test("fails with the message of withError", async () => {
    await run(async ({ node }) => {
      expect((await failureOf(node.withError("not today").withExec(["true"]).sync())).message).toBe(
        "not today",
      );
    });
  });
});
