import { closeSync, existsSync, openSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startSupervised } from "../../src/machine/postgres/supervised.ts";
import { command } from "./command.ts";

/** A container runtime that belongs to this run alone. */
export interface Daemon {
  /** For `DOCKER_HOST`. */
  readonly host: string;
  readonly stop: () => Promise<void>;
}

const LIMIT_MS = 60_000;
const BRIDGE = "docker0";

const OWN_NAMESPACES = [
  "unshare",
  "--mount",
  "--propagation=private",
  "--pid",
  "--fork",
  "--kill-child",
  "--mount-proc",
] as const;

/**
 * Starts dockerd with everything of its own below `folder`. It runs in a process and a mount namespace of its own:
 * when it ends, its containers and mounts end with it. It touches no firewall rule and forwards nothing, so
 * containers are reached through ports on loopback and reach nothing themselves.
 */
export async function startDaemon(folder: string): Promise<Daemon> {
  await mkdir(folder, { recursive: true });
  const host = `unix://${join(folder, "docker.sock")}`;
  const hadBridge = existsSync(`/sys/class/net/${BRIDGE}`);
  const logFile = join(folder, "dockerd.log");
  const log = openSync(logFile, "a");
  const daemon = startSupervised({
    argv: [...OWN_NAMESPACES, "dockerd", ...flags(folder, host)],
    env: { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/usr/bin:/sbin:/bin` },
    identity: { uid: undefined, gid: undefined, name: "root" },
    stdio: ["ignore", log, log],
    // unshare does not pass a TERM on. Nothing here has to be kept, so nothing has to end in good order.
    firstSignal: "KILL",
    graceSeconds: 0,
  });
  closeSync(log);
  const stop = async (): Promise<void> => {
    await daemon.stop();
    if (!hadBridge && existsSync(`/sys/class/net/${BRIDGE}`)) {
      await command(["ip", "link", "delete", BRIDGE], { timeoutMs: 10_000 });
    }
  };

  if (await answers(host, daemon.exited)) return { host, stop };
  await stop();
  const words = (await readFile(logFile, "utf8")).trimEnd().split("\n").slice(-8).join("\n");
  throw new Error(`dockerd ended or did not answer within ${LIMIT_MS / 1000} s:\n${words}`);
}

function flags(folder: string, host: string): string[] {
  const own = {
    host,
    "data-root": join(folder, "data"),
    "exec-root": join(folder, "exec"),
    pidfile: join(folder, "pid"),
  };
  // The machine's firewall and routing stay as they are; published ports are relayed by processes on loopback.
  const network = {
    ip: "127.0.0.1",
    iptables: "false",
    ip6tables: "false",
    "ip-forward": "false",
    "ip-masq": "false",
  };
  return Object.entries({ ...own, ...network }).map(([name, value]) => `--${name}=${value}`);
}

async function answers(host: string, exited: Promise<unknown>): Promise<boolean> {
  const env = { ...process.env, DOCKER_HOST: host };
  const over = exited.then(() => "ended" as const);
  const deadline = performance.now() + LIMIT_MS;
  while (performance.now() < deadline) {
    const asked = command(["docker", "version"], { env, timeoutMs: 5000 }).then(
      () => true,
      () => false,
    );
    if (await asked) return true;
    if ((await Promise.race([over, delay(200)])) === "ended") return false;
  }
  return false;
}
