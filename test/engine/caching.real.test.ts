import { readdir, readFile, rm, writeFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { CacheSharingMode, connect, ReturnType } from "@dagger.io/dagger";
import { afterAll, describe, expect, test } from "vitest";
import { failureOf, js, pipeline, scratch, type Run } from "./pipeline.ts";

const folder = await scratch();
afterAll(async () => await folder[Symbol.asyncDispose]());

const sdk = { connect };

let caches = 0;
function freshCache(): string {
  caches += 1;
  return join(folder.path, `cache ${caches}`);
}

async function files(of: string): Promise<string[]> {
  const entries = await readdir(of, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe("results of execs", () => {
  test("are kept across engines, with the files they made, until an input changes", async () => {
    const cacheFolder = freshCache();
    const source = join(folder.path, "changing");
    await mkdir(source);
    await writeFile(join(source, "in.txt"), "1");
    const once = async () =>
      await pipeline(sdk, { cacheFolder }, async ({ dag, node, execs }) => {
        const made = node
          .withDirectory("/src", dag.host().directory(source))
          .withExec(["sh", "-c", "cp /src/in.txt /out.txt; cat /src/in.txt"]);
        return [
          await made.stdout(),
          await made.file("/out.txt").contents(),
          execs().map(({ cached }) => cached),
        ];
      });

    expect(await once()).toEqual(["1", "1", [false]]);
    expect(await once()).toEqual(["1", "1", [true]]);
    await writeFile(join(source, "in.txt"), "2");
    expect(await once()).toEqual(["2", "2", [false]]);
    await writeFile(join(source, "in.txt"), "1");
    expect(await once()).toEqual(["1", "1", [true]]);
  });

  test("depend on the file that was taken from a directory, not on its neighbours", async () => {
    const cacheFolder = freshCache();
    const source = join(folder.path, "neighbours");
    await mkdir(source);
    await writeFile(join(source, "lock"), "1");
    const once = async (neighbour: string) => {
      await writeFile(join(source, "neighbour"), neighbour);
      return await pipeline(sdk, { cacheFolder }, async ({ dag, node, execs }) => {
        const all = dag.host().directory(source);
        await node.withFile("/lock", all.file("lock")).withExec(["cat", "/lock"]).sync();
        await node
          .withDirectory("/l", all, { include: ["lock"] })
          .withExec(["cat", "/l/lock"])
          .sync();
        return execs().map(({ cached }) => cached);
      });
    };

    expect(await once("a")).toEqual([false, false]);
    expect(await once("b")).toEqual([true, true]);
  });

  test("are shared by all who ask in one session, also at the same time", async () => {
    await pipeline(sdk, { cacheFolder: freshCache() }, async ({ node, execs }) => {
      const exec = () => node.withExec(js("console.log(Math.random())"));
      const answers = await Promise.all([exec().stdout(), exec().stdout(), exec().withExec(["true"]).sync()]);

      expect(answers[0]).toBe(answers[1]);
      expect(new Set(execs().map(({ argv }) => argv[0]))).toEqual(new Set(["node", "true"]));
      expect(execs()).toHaveLength(2);
    });
  });

  test("are not kept when the exec failed", async () => {
    const cacheFolder = freshCache();
    const once = async () =>
      await pipeline(sdk, { cacheFolder }, async ({ node, execs }) => {
        await failureOf(node.withExec(["sh", "-c", "exit 1"]).sync());
        await node.withExec(["sh", "-c", "exit 2"], { expect: ReturnType.Any }).exitCode();
        return execs().map(({ cached, exitCode }) => ({ cached, exitCode }));
      });
    const ran = [
      { cached: false, exitCode: 1 },
      { cached: false, exitCode: 2 },
    ];

    expect(await once()).toEqual(ran);
    expect(await once()).toEqual(ran);
  });

  test("do not depend on volatile variables", async () => {
    const cacheFolder = freshCache();
    const once = async (run: string) =>
      await pipeline(sdk, { cacheFolder }, async ({ node, execs }) => {
        const stdout = await node
          .withVolatileVariable("RUN", run)
          .withExec(["sh", "-c", "echo $RUN"])
          .stdout();
        return { stdout, cached: execs().map(({ cached }) => cached) };
      });

    expect(await once("1")).toEqual({ stdout: "1\n", cached: [false] });
    expect(await once("2")).toEqual({ stdout: "1\n", cached: [true] });
  });

  test.each([
    [
      "a damaged entry",
      async (cache: string) => await damage(join(cache, "results"), (text) => text.slice(0, -20)),
    ],
    [
      "an edited entry",
      async (cache: string) => await damage(join(cache, "results"), (text) => text.replace("kept", "fake")),
    ],
    ["a missing layer", async (cache: string) => await rm(join(cache, "layers"), { recursive: true })],
  ])("run again after %s", async (_, harm) => {
    const cacheFolder = freshCache();
    const once = async () =>
      await pipeline(sdk, { cacheFolder }, async ({ node, execs }) => {
        const exec = node.withExec(["sh", "-c", "echo kept; echo x > /made"]);
        return [
          await exec.stdout(),
          await exec.file("/made").contents(),
          execs().map(({ cached }) => cached),
        ];
      });

    expect(await once()).toEqual(["kept\n", "x\n", [false]]);
    await harm(cacheFolder);
    expect(await once()).toEqual(["kept\n", "x\n", [false]]);
  });

  test("leave the cache, longest unused first, when it is larger than it may be", async () => {
    const cacheFolder = freshCache();
    const make = async (name: string, cacheBytes: number) =>
      await pipeline(sdk, { cacheFolder, cacheBytes }, async ({ node, execs }) => {
        await node.withExec(["sh", "-c", `head -c 3000000 /dev/urandom > /${name}`]).sync();
        return execs().map(({ cached }) => cached);
      });

    expect(await make("old", 100_000_000)).toEqual([false]);
    expect(await make("new", 4_000_000)).toEqual([false]);
    expect(await make("new", 100_000_000)).toEqual([true]);
    expect(await make("old", 100_000_000)).toEqual([false]);
  });

  async function damage(results: string, change: (text: string) => string): Promise<void> {
    const all = await files(results);
    expect(all.length).toBeGreaterThan(0);
    for (const file of all) await writeFile(file, change(await readFile(file, "utf8")));
  }
});

describe("cache volumes", () => {
  const append = ({ dag, node }: Run, volume: string, sharing: CacheSharingMode, mark: string) =>
    node
      .withMountedCache("/cache", dag.cacheVolume(volume), { sharing })
      .withEnvVariable("MARK", mark)
      .withExec(["sh", "-c", 'echo "$MARK" >> /cache/marks; cat /cache/marks'])
      .stdout();

  test("outlive execs and engines, and are no part of the image", async () => {
    const cacheFolder = freshCache();
    await pipeline(sdk, { cacheFolder }, async (run) => {
      expect(await append(run, "v", CacheSharingMode.Shared, "1")).toBe("1\n");
    });
    await pipeline(sdk, { cacheFolder }, async (run) => {
      expect(await append(run, "v", CacheSharingMode.Shared, "2")).toBe("1\n2\n");
      const mounted = run.node.withMountedCache("/cache", run.dag.cacheVolume("v")).withExec(["true"]);
      expect(await mounted.rootfs().exists("cache")).toBe(false);
    });
  });

  test("begin with the files of their source", async () => {
    await pipeline(sdk, { cacheFolder: freshCache() }, async ({ dag, node }) => {
      const source = dag.directory().withNewFile("given", "by the source");
      const exec = node
        .withMountedCache("/cache", dag.cacheVolume("v"), { source })
        .withExec(["cat", "/cache/given"]);

      expect(await exec.stdout()).toBe("by the source");
    });
  });

  // Each exec notes when it is alone; two that overlap see each other's mark.
  const overlap = ({ dag, node }: Run, sharing: CacheSharingMode, me: string) =>
    node
      .withMountedCache("/cache", dag.cacheVolume("v"), { sharing })
      .withEnvVariable("ME", me)
      .withExec(
        js(`
        const fs = require("fs");
        const others = () => fs.readdirSync("/cache").filter((name) => name !== process.env.ME);
        fs.writeFileSync("/cache/" + process.env.ME, "");
        const end = Date.now() + 700;
        let met = false;
        while (Date.now() < end && !met) met = others().length > 0;
        fs.rmSync("/cache/" + process.env.ME);
        console.log(met ? "together" : "alone");`),
      )
      .stdout();

  test("LOCKED: are used by one exec at a time, also across engines", async () => {
    const cacheFolder = freshCache();
    const both = async () =>
      await pipeline(sdk, { cacheFolder }, async (run) => {
        const other = (async () => await inAnotherProcess(cacheFolder))();
        return await Promise.all([
          overlap(run, CacheSharingMode.Locked, "a"),
          overlap(run, CacheSharingMode.Locked, "b"),
          other,
        ]);
      });

    expect(await both()).toEqual(["alone\n", "alone\n", "alone\n"]);
  });

  test("PRIVATE: an exec that finds it in use gets its own", async () => {
    await pipeline(sdk, { cacheFolder: freshCache() }, async (run) => {
      expect(
        await Promise.all([
          overlap(run, CacheSharingMode.Private, "a"),
          overlap(run, CacheSharingMode.Private, "b"),
        ]),
      ).toEqual(["alone\n", "alone\n"]);
      expect(await append(run, "v", CacheSharingMode.Private, "1")).toBe("1\n");
      expect(await append(run, "v", CacheSharingMode.Private, "2")).toBe("1\n2\n");
    });
  });

  async function inAnotherProcess(cacheFolder: string): Promise<string> {
    const { execFile } = await import("node:child_process");
    const program = join(import.meta.dirname, "fixtures", "locked-volume.ts");
    return await new Promise((answer, fail) => {
      execFile(process.execPath, [program, cacheFolder], (error, stdout, stderr) =>
        error === null ? answer(stdout) : fail(new Error(stderr, { cause: error })),
      );
    });
  }
});
