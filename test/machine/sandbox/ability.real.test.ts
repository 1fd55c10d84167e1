import { execFileSync } from "node:child_process";
import { beforeEach, expect, test, vi } from "vitest";
import { SlipwayError } from "../../../src/core/errors.ts";
import type { SandboxAbility } from "../../../src/machine/sandbox/types.ts";

/** Probes anew: the answer is kept for the life of a process. */
async function probe(wanted: string): Promise<SandboxAbility> {
  vi.stubEnv("SLIPWAY_SANDBOX", wanted);
  const { sandboxAbility } = await import("../../../src/machine/sandbox/ability.ts");
  return sandboxAbility();
}

beforeEach(() => {
  vi.resetModules();
  return () => void vi.unstubAllEnvs();
});

function works(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: "ignore", timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

// Without this, a fault in the sandbox would only make the tests of isolation skip themselves.
const namespaces =
  works("unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--net", "true") &&
  works("ip", "-V");

test.runIf(namespaces)("a machine with user namespaces and iproute2 isolates fully", async () => {
  expect(await probe("")).toEqual({ kind: "namespaces", overlay: true, network: true, note: "" });
  expect(await probe("namespaces")).toMatchObject({ kind: "namespaces" });
});

test("a kind can be forced, and one that does not exist is refused", async () => {
  expect(await probe("plain")).toMatchObject({ kind: "plain", overlay: false, network: false });
  vi.resetModules();
  const refused = await probe("docker").catch((error: unknown) => error);

  expect(refused).toMatchObject({
    problems: [
      {
        code: "SANDBOX_UNAVAILABLE",
        at: "SLIPWAY_SANDBOX",
        says: '"docker" is not a kind of sandbox',
        hint: "use one of plain, namespaces, bubblewrap",
      },
    ],
    exit: "usage",
  });
  expect(refused).toHaveProperty("name", SlipwayError.prototype.constructor.name);
});

test.runIf(!works("bwrap", "--version"))("bubblewrap that is not installed cannot be asked for", async () => {
  await expect(probe("bubblewrap")).rejects.toThrow("bubblewrap does not work here (install it");
});
