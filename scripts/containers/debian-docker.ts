import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { command } from "./command.ts";

const POLICY = "/usr/sbin/policy-rc.d";
const QUIET = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };

/** Installs Debian's docker.io unless it is there. Its service is not started. */
export async function installDocker(): Promise<void> {
  if (existsSync("/usr/sbin/dockerd") || existsSync("/usr/bin/dockerd")) return;
  await command(["apt-get", "-qq", "update"], { env: QUIET, timeoutMs: 120_000 });
  await withoutServices(() =>
    command(["apt-get", "-qq", "-y", "--no-install-recommends", "install", "docker.io"], {
      env: QUIET,
      timeoutMs: 180_000,
    }),
  );
}

// A package's scripts ask this program whether they may start a service; 101 means no.
async function withoutServices(work: () => Promise<unknown>): Promise<void> {
  const ours = !existsSync(POLICY);
  if (ours) await writeFile(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await work();
  } finally {
    if (ours) await rm(POLICY, { force: true });
  }
}
