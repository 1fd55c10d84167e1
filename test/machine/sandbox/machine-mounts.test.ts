import { expect, test } from "vitest";
import { mountOf, mountsBelow, parseMountinfo } from "../../../src/machine/sandbox/machine-mounts.ts";

const TEXT = [
  "21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw",
  "22 21 0:20 / /data rw,nosuid,nodev,relatime - tmpfs tmpfs rw",
  "23 22 0:21 / /data/with\\040space ro,noexec - tmpfs the\\040source rw",
  "24 21 0:22 / /database rw - tmpfs other rw",
  "",
].join("\n");

test("reads where each mount is, what it shows and which options are locked", () => {
  expect(parseMountinfo(TEXT)).toEqual([
    { at: "/", source: "/dev/vda", locked: [] },
    { at: "/data", source: "tmpfs", locked: ["nosuid", "nodev"] },
    { at: "/data/with space", source: "the source", locked: ["noexec"] },
    { at: "/database", source: "other", locked: [] },
  ]);
});

test("a path belongs to the deepest mount above it, and a mount covers its own kind of names only", () => {
  const mounts = parseMountinfo(TEXT);

  expect(mountOf(mounts, "/data/x")?.at).toBe("/data");
  expect(mountOf(mounts, "/database/x")?.at).toBe("/database");
  expect(mountOf(mounts, "/datafile")?.at).toBe("/");
  expect(mountsBelow(mounts, "/data").map(({ at }) => at)).toEqual(["/data/with space"]);
});
