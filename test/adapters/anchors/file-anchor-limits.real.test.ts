import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

// A file system of its own needs Linux and namespaces; without them there is no small disk to fill.
const NAMESPACE = ["-rm"];
const canMount = (() => {
  try {
    execFileSync("unshare", [...NAMESPACE, "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

const home = mkdtempSync(join(tmpdir(), "slipway-anchor-test-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const ANCHOR = join(import.meta.dirname, "../../../src/adapters/local/file-anchor.ts");
const PROGRAM = `
  const { fileAnchor } = await import(process.argv[2]);
  const anchor = fileAnchor(process.argv[1]);
  const note = "x".repeat(Number(process.argv[3]));
  const said = await anchor.keep({ log: "diary", size: 1, note }, "2099-01-01T00:00:00Z").then(
    () => "kept", (error) => error.problems?.[0]?.code + ": " + error.problems?.[0]?.says);
  process.stdout.write(JSON.stringify([said, (await anchor.kept("diary")).length]));
`;

/** What an anchor says that keeps a note of so many bytes in a file system mounted with these options. */
function keepOn(options: string, bytes: number): unknown {
  const script = 'mount -t tmpfs -o "$1" tmpfs "$2" && exec "$3" --input-type=module -e "$4" "$2" "$5" "$6"';
  const parts = [options, home, process.execPath, PROGRAM, ANCHOR, String(bytes)];
  const told = execFileSync("unshare", [...NAMESPACE, "sh", "-c", script, "sh", ...parts]);
  return JSON.parse(told.toString());
}

test.skipIf(!canMount).each([
  ["size=64k", 100, ["kept", 1]],
  ["size=64k", 200_000, ["ANCHOR_UNREACHABLE: has no space left", 0]],
  ["ro", 100, ["ANCHOR_DENIED: is on a file system that is read-only", 0]],
])("on a file system with %s, a note of %i bytes gives %j", (options, bytes, told) => {
  expect(keepOn(options, bytes)).toEqual(told);
});
