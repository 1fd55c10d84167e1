import { mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { failureOf, js, pipeline, scratch, SDKS } from "./pipeline.ts";

const folder = await scratch();
afterAll(async () => await folder[Symbol.asyncDispose]());

const source = join(folder.path, "source");
await mkdir(join(source, "sub"), { recursive: true });
await writeFile(join(source, "a.txt"), "A");
await writeFile(join(source, "b.log"), "B");
await writeFile(join(source, "sub", "c.txt"), "C");
await writeFile(join(source, ".gitignore"), "*.log\n");
await writeFile(join(source, "run.sh"), "#!/bin/sh\necho ran\n", { mode: 0o755 });
await symlink("a.txt", join(source, "link"));

describe.each(SDKS)("files, through $name", (sdk) => {
  const run = async (body: Parameters<typeof pipeline>[2]) =>
    await pipeline(sdk, { cacheFolder: join(folder.path, sdk.name), cwd: folder.path }, body);

  test("a directory of this machine comes with include, exclude and gitignore", async () => {
    await run(async ({ dag }) => {
      expect(await dag.host().directory(source).glob("**")).toEqual([
        ".gitignore",
        "a.txt",
        "b.log",
        "link",
        "run.sh",
        "sub/",
        "sub/c.txt",
      ]);
      expect(
        await dag
          .host()
          .directory("source", { include: ["**/*.txt"] })
          .glob("**"),
      ).toEqual(["a.txt", "sub/", "sub/c.txt"]);
      expect(
        await dag
          .host()
          .directory("source", { exclude: ["sub", "*.txt"] })
          .entries(),
      ).toEqual([".gitignore", "b.log", "link", "run.sh"]);
      expect(await dag.host().directory("source", { gitignore: true }).entries()).toEqual([
        ".gitignore",
        "a.txt",
        "link",
        "run.sh",
        "sub/",
      ]);
      expect(await dag.host().file("source/a.txt").contents()).toBe("A");
    });
  });

  test("a directory is an argument by content: the same files, the same ID", async () => {
    await run(async ({ dag }) => {
      const first = await dag.host().directory(source).id();

      expect(await dag.host().directory("source").id()).toBe(first);
      expect(
        await dag
          .host()
          .directory(source, { exclude: ["a.txt"] })
          .id(),
      ).not.toBe(first);
    });
  });

  test("a directory that is not there is a clear error", async () => {
    await run(async ({ dag }) => {
      expect((await failureOf(dag.host().directory("nowhere").entries())).message).toBe(
        `${join(folder.path, "nowhere")}: there is no such file or directory (check the path)`,
      );
    });
  });

  test("directories are built, taken apart and compared", async () => {
    await run(async ({ dag }) => {
      const built = dag
        .directory()
        .withNewFile("x/y.txt", "one\ntwo\nthree\n")
        .withNewDirectory("empty")
        .withDirectory("copy", dag.host().directory(source), { include: ["*.txt"] })
        .withFile("z.txt", dag.host().file("source/a.txt"))
        .withSymlink("x/y.txt", "short");
      const less = built.withoutFile("x/y.txt").withoutDirectory("copy");

      expect(await built.glob("**")).toEqual([
        "copy/",
        "copy/a.txt",
        "empty/",
        "short",
        "x/",
        "x/y.txt",
        "z.txt",
      ]);
      expect(await less.glob("**")).toEqual(["empty/", "short", "x/", "z.txt"]);
      expect(await less.diff(built).glob("**")).toEqual(["copy/", "copy/a.txt", "x/", "x/y.txt"]);
      expect(await built.file("short").contents()).toBe("one\ntwo\nthree\n");
      expect(await built.file("x/y.txt").contents({ offsetLines: 1, limitLines: 1 })).toBe("two\n");
      expect(await built.file("x/y.txt").size()).toBe(14);
      expect(await built.file("x/y.txt").name()).toBe("y.txt");
      expect(await built.directory("x").entries()).toEqual(["y.txt"]);
      expect(await built.exists("x/y.txt")).toBe(true);
      expect(await built.exists("x/none.txt")).toBe(false);
      expect(await built.filter({ exclude: ["copy"] }).digest()).toBe(
        await built.withoutDirectory("copy").digest(),
      );
    });
  });

  test("an exec sees copied files, and what it makes can be taken out", async () => {
    await run(async ({ dag, node }) => {
      const made = node
        .withDirectory("/src", dag.host().directory(source))
        .withWorkdir("/src")
        .withExec([
          "sh",
          "-c",
          "./run.sh > out.txt; cat link; rm a.txt; mkdir -p new/deep; echo D > new/deep/d",
        ]);

      expect(await made.stdout()).toBe("A");
      expect(await made.directory(".").glob("**")).toEqual([
        ".gitignore",
        "b.log",
        "link",
        "new/",
        "new/deep/",
        "new/deep/d",
        "out.txt",
        "run.sh",
        "sub/",
        "sub/c.txt",
      ]);
      expect(await made.file("out.txt").contents()).toBe("ran\n");
    });
  });

  test("what an exec writes to a mounted directory stays with the mount and out of the root", async () => {
    await run(async ({ dag, node }) => {
      const mounted = node
        .withNewFile("/src/hidden", "by the mount")
        .withMountedDirectory("/src", dag.host().directory(source))
        .withMountedFile("/etc/settings", dag.file("settings", "1\n"))
        .withExec([
          "sh",
          "-c",
          "ls /src; echo new > /src/new; rm /src/b.log; echo 2 >> /etc/settings; echo r > /root.txt",
        ])
        .withExec(["sh", "-c", "ls /src; cat /etc/settings"]);

      expect(await mounted.stdout()).toBe("a.txt\nlink\nnew\nrun.sh\nsub\n1\n2\n");
      expect(await mounted.directory("/src").entries()).toEqual([
        ".gitignore",
        "a.txt",
        "link",
        "new",
        "run.sh",
        "sub/",
      ]);
      expect(await mounted.mounts()).toEqual(["/src", "/etc/settings"]);
      const root = mounted.rootfs();
      expect(await root.directory("src").entries()).toEqual(["hidden"]);
      expect(await root.exists("etc/settings")).toBe(false);
      expect(await root.file("root.txt").contents()).toBe("r\n");
      expect(await mounted.withoutMount("/src").withExec(["ls", "/src"]).stdout()).toBe("hidden\n");
    });
  });

  test("a read-only mount cannot be written to, a temporary one is empty and leaves nothing", async () => {
    await run(async ({ dag, node }) => {
      const denied = node
        .withMountedDirectory("/src", dag.host().directory(source), { readOnly: true })
        .withExec(["sh", "-c", "cat /src/a.txt; echo x > /src/a.txt"]);
      expect((await failureOf(denied.sync())).stderr).toContain("Read-only file system");

      const temporary = node
        .withMountedTemp("/scratch")
        .withExec(["sh", "-c", "echo x > /scratch/x; ls /scratch"]);
      expect(await temporary.stdout()).toBe("x\n");
      expect(await temporary.withExec(["ls", "/scratch"]).stdout()).toBe("");
      expect(await temporary.rootfs().exists("scratch")).toBe(false);
    });
  });

  test("owners and permissions are as asked", async () => {
    await run(async ({ node }) => {
      const modes = node
        .withNewFile("/bin-like", "#!/bin/sh\necho works\n", { permissions: 0o750, owner: "node" })
        .withExec(js("console.log((require('fs').statSync('/bin-like').mode & 0o777).toString(8))"));

      expect(await modes.stdout()).toBe("750\n");
      expect(await modes.withExec(["/bin-like"]).stdout()).toBe("works\n");
      expect((await failureOf(node.withNewFile("/x", "", { owner: "nobody-here" }).sync())).message).toBe(
        "user nobody-here is not in /etc/passwd",
      );
    });
  });

  test("directories and files are exported to this machine", async () => {
    await run(async ({ dag, node }) => {
      const out = join(folder.path, "out", sdk.name);
      const made = node.withExec(["sh", "-c", "mkdir /made; echo 1 > /made/one; chmod 755 /made/one"]);

      expect(await made.directory("/made").export(out)).toBe(out);
      expect(await readFile(join(out, "one"), "utf8")).toBe("1\n");
      expect((await stat(join(out, "one"))).mode & 0o777).toBe(0o755);
      await dag.directory().withNewFile("two", "2").export(out, { wipe: true });
      expect(await readdir(out)).toEqual(["two"]);
      await made.file("/made/one").export(join(out, "three"));
      expect((await readdir(out)).toSorted()).toEqual(["three", "two"]);
    });
  });

  test("a directory can be a root of its own", async () => {
    await run(async ({ dag, node }) => {
      const small = dag.container().withRootfs(node.withNewFile("/only", "x").rootfs().directory("/"));

      expect(await small.rootfs().exists("only")).toBe(true);
      expect(await dag.container().withNewFile("/a/b", "c").rootfs().glob("**")).toEqual(["a/", "a/b"]);
    });
  });
});
