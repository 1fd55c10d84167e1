import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { failureOf, js, pipeline, scratch, SDKS } from "./pipeline.ts";

const folder = await scratch();
afterAll(async () => await folder[Symbol.asyncDispose]());

const PLAIN = 's3cr3t/valu€+with spaces&"quotes"';

describe.each(SDKS)("secrets, through $name", (sdk) => {
  const cacheFolder = join(folder.path, sdk.name);

  test("are seen by the exec as they are, and by nobody else in any form", async () => {
    await pipeline(sdk, { cacheFolder }, async ({ dag, node, log }) => {
      const secret = dag.setSecret("token", PLAIN);
      const exec = node.withSecretVariable("TOKEN", secret).withExec(
        js(`
        const value = process.env.TOKEN;
        if (value !== ${JSON.stringify(PLAIN)}) process.exit(9);
        console.log("plain", value);
        for (const before of ["", "a", "ab"])
          console.log("base64", Buffer.from(before + value + "z").toString("base64"));
        console.log("url", encodeURIComponent(value), new URLSearchParams({ value }).toString());
        console.error("json", JSON.stringify({ value }));
        const bytes = Buffer.from(value);
        process.stdout.write("split ");
        process.stdout.write(bytes.subarray(0, 5));
        setTimeout(() => process.stdout.write(Buffer.concat([bytes.subarray(5), Buffer.from("\\n")])), 30);`),
      );

      expect(await exec.stdout()).toBe(
        [
          "plain ***",
          "base64 ***J6",
          "base64 YX***eg==",
          "base64 YWJ***no=",
          "url *** value=***",
          "split ***",
          "",
        ].join("\n"),
      );
      expect(await exec.stderr()).toBe('json {"value":"***"}\n');
      expect(JSON.stringify(log)).not.toContain("s3cr3t");
    });
  });

  test("of several lines are scrubbed line by line too", async () => {
    await pipeline(sdk, { cacheFolder }, async ({ dag, node }) => {
      const key = "-----BEGIN KEY-----\nfirst-line\nsecond-line\n-----END KEY-----\n";
      const exec = node
        .withSecretVariable("KEY", dag.setSecret("key", key))
        .withExec(["sh", "-c", 'printf %s "$KEY" | sed "s/^/> /"; printf %s "$KEY"']);

      expect(await exec.stdout()).toBe("> ***\n> ***\n> ***\n> ***\n***");
    });
  });

  test("do not appear in the error of a failing command, even when they are in its arguments", async () => {
    await pipeline(sdk, { cacheFolder }, async ({ dag, node, log }) => {
      await dag.setSecret("token", PLAIN).plaintext();
      const failure = await failureOf(
        node
          .withSecretVariable("TOKEN", dag.setSecret("token", PLAIN))
          .withExec(["sh", "-c", `echo "$TOKEN"; echo "$TOKEN" >&2; : '${PLAIN}'; exit 1`])
          .sync(),
      );

      expect(failure.stdout).toBe("***");
      expect(failure.stderr).toBe("***");
      expect(failure.cmd.join(" ")).toContain(": '***'");
      expect(failure.message).not.toContain(PLAIN);
      expect(JSON.stringify(log)).not.toContain("s3cr3t");
    });
  });

  test("can be mounted as a file that only its owner reads, and leave nothing in the root", async () => {
    await pipeline(sdk, { cacheFolder }, async ({ dag, node }) => {
      const exec = node.withMountedSecret("/run/secrets/token", dag.setSecret("token", PLAIN)).withExec(
        js(`
          const fs = require("fs");
          const mode = (fs.statSync("/run/secrets/token").mode & 0o777).toString(8);
          console.log(mode, fs.readFileSync("/run/secrets/token", "utf8") === ${JSON.stringify(PLAIN)});`),
      );

      expect(await exec.stdout()).toBe("400 true\n");
      expect(await exec.rootfs().exists("run/secrets")).toBe(false);
    });
  });

  test("come from the environment, a file or a command of this machine", async () => {
    const file = join(folder.path, "token");
    await writeFile(file, "from a file");
    const env = { ...process.env, SOME_TOKEN: "from the environment" };
    await pipeline(sdk, { cacheFolder, env, cwd: folder.path }, async ({ dag }) => {
      expect(await dag.secret("env://SOME_TOKEN").plaintext()).toBe("from the environment");
      expect(await dag.secret("file://token").plaintext()).toBe("from a file");
      expect(await dag.secret("cmd://printf %s from-a-command").plaintext()).toBe("from-a-command");
      expect((await failureOf(dag.secret("env://NO_SUCH_TOKEN").plaintext())).message).toBe(
        "secret env://NO_SUCH_TOKEN: the variable is not set",
      );
      expect((await failureOf(dag.secret("cmd://echo hidden-value; exit 7").plaintext())).message).toBe(
        "secret cmd://echo hidden-value; exit 7: the command failed (7)",
      );
      expect((await failureOf(dag.secret("vault://x").plaintext())).message).toBe(
        "secrets from vault:// are not part of the embedded engine; Dagger Engine has them",
      );
    });
  });

  test("make an exec run again when their value changes, not when their name does", async () => {
    await pipeline(sdk, { cacheFolder }, async ({ dag, node, execs }) => {
      const run = async (name: string, value: string) =>
        await node
          .withSecretVariable("S", dag.setSecret(name, value))
          .withExec(["echo", "with a secret", sdk.name])
          .sync();
      await run("one", "value-1");
      await run("two", "value-1");
      await run("two", "value-2");

      expect(execs().map(({ cached }) => cached)).toEqual([false, false]);
    });
  });
});
