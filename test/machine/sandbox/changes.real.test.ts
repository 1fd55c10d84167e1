import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sandboxAbility } from "../../../src/machine/sandbox/ability.ts";
import { PROGRAMS, lab, whiteout } from "./lab.ts";

const ability = await sandboxAbility();
const overlays = ability.overlay;

function tree(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
}

test.runIf(overlays)("only what the command wrote ends up in upper, and no work folder stays", async () => {
  const { run, layer, newUpper, folder } = lab();
  const upper = newUpper();
  await run("echo new >/app/new; echo two >/app/old", {
    root: { layers: [layer("base", { "app/old": "one", "app/same": "same" })], upper },
  });

  expect(tree(upper)).toEqual(["app", "app/new", "app/old"]);
  expect(readFileSync(join(upper, "app/old"), "utf8")).toBe("two\n");
  expect(readdirSync(folder).filter((name) => !/^(base|upper-\d)$/.test(name))).toEqual([]);
});

test.runIf(overlays)("mount points of binds, /etc files and temporary folders are no changes", async () => {
  const { run, layer, newUpper, folder } = lab();
  mkdirSync(join(folder, "cache"));
  const upper = newUpper();
  const { stdout } = await run(
    "touch /var/cache/app/x /scratch/y /tmp/z; ls /run/secrets; cat /etc/hostname",
    {
      root: { layers: [layer("base", { "etc/os-release": "x" })], upper },
      binds: [
        ...PROGRAMS,
        { source: join(folder, "cache"), target: "/var/cache/app", writable: true },
        { source: join(folder, "base/etc/os-release"), target: "/run/secrets/token" },
      ],
      temporary: ["/scratch"],
    },
  );

  expect(stdout).toBe("token\nsandbox");
  // /tmp is one of the root's own directories.
  expect(tree(upper)).toEqual(["tmp", "tmp/z"]);
  expect(readdirSync(join(folder, "cache"))).toEqual(["x"]);
});

test.runIf(overlays)("a read-only bind cannot be written, a writable one can", async () => {
  const { run, folder } = lab();
  for (const name of ["ro", "rw"]) mkdirSync(join(folder, name));
  const { stdout } = await run("touch /ro/x 2>&1; touch /rw/x && echo written", {
    binds: [
      ...PROGRAMS,
      { source: join(folder, "ro"), target: "/ro" },
      { source: join(folder, "rw"), target: "/rw", writable: true },
    ],
  });

  expect(stdout).toBe("touch: cannot touch '/ro/x': Read-only file system\nwritten");
});

test.runIf(overlays)(
  "a removed name becomes a whiteout, a replaced directory is reported as opaque",
  async () => {
    const { run, layer, newUpper } = lab();
    const upper = newUpper();
    const base = layer("base", {
      "a/gone": "1",
      "a/kept": "1",
      "b/old": "1",
      "b/c/deep": "1",
      "touched/x": "1",
    });
    const { opaque, removed } = await run(
      "rm /a/gone; rm -rf /b; mkdir -p /b/c; echo >/b/new; chmod 700 /touched",
      {
        root: { layers: [base], upper },
      },
    );

    expect({ opaque, removed }).toEqual({ opaque: ["b"], removed: [] });
    expect(lstatSync(join(upper, "a/gone"))).toMatchObject({ rdev: 0 });
    expect(lstatSync(join(upper, "a/gone")).isCharacterDevice()).toBe(true);
    expect(tree(upper)).toEqual(["a", "a/gone", "b", "b/c", "b/new", "touched"]);
  },
);

test.runIf(overlays)("an opaque directory is found below one whose names are all replaced", async () => {
  const { run, layer, newUpper } = lab();
  const base = layer("base", { "d/sub/old": "1", "d/file": "1" });
  const { opaque } = await run("rm -rf /d; mkdir -p /d/sub; echo >/d/file; echo >/d/sub/new", {
    root: { layers: [base], upper: newUpper() },
  });

  expect(opaque).toEqual(["d/sub"]);
});

test.runIf(overlays)("a second sandbox on top of the first one's changes sees the result", async () => {
  const { run, layer, newUpper } = lab();
  const base = layer("base", { "d/old": "1", "e/gone": "1", "e/kept": "1" });
  const first = newUpper();
  await run("rm -rf /d /e/gone; mkdir /d; echo two >/d/new", { root: { layers: [base], upper: first } });
  const { stdout } = await run("ls /d /e; cat /d/new", {
    root: { layers: [base, first], upper: newUpper() },
  });

  expect(stdout).toBe("/d:\nnew\n\n/e:\nkept\ntwo");
});

test.runIf(overlays)("whiteouts of a layer hide what is below, mount points included", async () => {
  const { run, layer, newUpper, folder } = lab();
  const base = layer("base", { "opt/tool/x": "1", "etc/passwd": "root", "run/x": "1" });
  const upper = join(folder, "top");
  whiteout(join(upper, "opt/tool"));
  whiteout(join(upper, "run"));
  mkdirSync(join(folder, "volume"));
  const { stdout, exitCode } = await run("ls /opt; touch /opt/tool/y && cat /run/secrets/token", {
    root: { layers: [base, upper], upper: newUpper() },
    binds: [
      ...PROGRAMS,
      { source: join(folder, "volume"), target: "/opt/tool", writable: true },
      { source: join(base, "etc/passwd"), target: "/run/secrets/token" },
    ],
  });

  expect({ stdout, exitCode }).toEqual({ stdout: "tool\nroot", exitCode: 0 });
  expect(readdirSync(join(folder, "volume"))).toEqual(["y"]);
});

test.runIf(overlays)("an absolute symlink in an image does not lead a bind out of the root", async () => {
  const { run, layer, newUpper, folder } = lab();
  const base = layer("base", { "real/x": "1" });
  symlinkSync("/real", join(base, "link"));
  mkdirSync(join(folder, "volume"));
  writeFileSync(join(folder, "volume/from-volume"), "");
  const { stdout } = await run("ls /real/place", {
    root: { layers: [base], upper: newUpper() },
    binds: [...PROGRAMS, { source: join(folder, "volume"), target: "/link/place" }],
  });

  expect(stdout).toBe("from-volume");
  expect(existsSync("/real")).toBe(false);
});

test.runIf(overlays)("a hundred and twenty layers work, and one too many is refused", async () => {
  const { run, layer, newUpper } = lab();
  const layers = Array.from({ length: 120 }, (_, n) =>
    layer(`layer-with-quite-a-long-name-${n}`, { [`f/${n}`]: `${n}` }),
  );
  const { stdout } = await run("ls /f | wc -l; cat /f/0 /f/119", { root: { layers, upper: newUpper() } });

  expect(stdout).toBe("120\n0119");
  const many = Array.from({ length: 129 }, () => layers[0] ?? "");
  await expect(run("true", { root: { layers: many, upper: newUpper() } })).rejects.toThrow(
    "a root may have 128 layers, got 129",
  );
});

test.runIf(overlays)(
  "folders whose names hold spaces, colons and commas can be layers and binds",
  async () => {
    const { run, layer, newUpper, folder } = lab();
    const odd = layer('an "odd", na:me\\ here', { x: "from an odd layer" });
    const { stdout } = await run("cat /x /bound/x", {
      root: { layers: [odd], upper: newUpper() },
      binds: [...PROGRAMS, { source: odd, target: "/bound" }],
    });

    expect(stdout).toBe("from an odd layerfrom an odd layer");
    expect(tree(folder).length).toBeGreaterThan(0);
  },
);

test.runIf(overlays)("a mount point below an opaque directory of a layer is made", async () => {
  const { run, layer, newUpper, folder } = lab();
  const base = layer("base", { "srv/data/x": "1" });
  const first = newUpper();
  await run("rm -rf /srv; mkdir /srv", { root: { layers: [base], upper: first } });
  mkdirSync(join(folder, "volume"));
  const { exitCode } = await run("touch /srv/data/y", {
    root: { layers: [base, first], upper: newUpper() },
    binds: [...PROGRAMS, { source: join(folder, "volume"), target: "/srv/data", writable: true }],
  });

  expect({ exitCode, written: readdirSync(join(folder, "volume")) }).toEqual({ exitCode: 0, written: ["y"] });
});

test("a bind whose source does not exist is refused with its name", async () => {
  const { run } = lab();

  await expect(run("true", { binds: [...PROGRAMS, { source: "/no/such", target: "/x" }] })).rejects.toThrow(
    "/no/such",
  );
});
