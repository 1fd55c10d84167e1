import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SlipwayError } from "../../core/errors.ts";
import { runProcess } from "../processes/run.ts";
import { startInNamespaces } from "./namespaces.ts";
import { TOOL_PATH, findTool } from "./tools.ts";
import type { SandboxAbility } from "./types.ts";

const KINDS = ["plain", "namespaces", "bubblewrap"] as const;

let probed: Promise<SandboxAbility> | undefined;

/**
 * How this machine isolates. Probed once per process, by making a sandbox: no version or setting tells reliably.
 * `SLIPWAY_SANDBOX=plain|namespaces|bubblewrap` forces a kind. Rejects with a SlipwayError when the kind asked for does
 * not exist or does not work here.
 */
export function sandboxAbility(): Promise<SandboxAbility> {
  probed ??= probe(process.env["SLIPWAY_SANDBOX"] ?? "");
  return probed;
}

async function probe(wanted: string): Promise<SandboxAbility> {
  const kind = KINDS.find((kind) => kind === wanted);
  if (wanted !== "" && kind === undefined) {
    throw refusal(`"${wanted}" is not a kind of sandbox`, `use one of ${KINDS.join(", ")}`);
  }
  if (kind === "plain") return plain("SLIPWAY_SANDBOX asks for it");
  let why = "";
  if (kind !== "bubblewrap") {
    const tried = await tryNamespaces();
    if (typeof tried !== "string") return tried;
    why = tried;
  }
  if (kind === "namespaces") throw refusal(`namespaces do not work here: ${why}`, "unset SLIPWAY_SANDBOX");
  if (await bubblewrapWorks()) {
    const note =
      "this machine has no user namespaces of its own; bubblewrap isolates files and processes, not the network";
    return { kind: "bubblewrap", overlay: false, network: false, note };
  }
  if (kind === "bubblewrap")
    throw refusal("bubblewrap does not work here", "install it, or unset SLIPWAY_SANDBOX");
  return plain(why);
}

async function tryNamespaces(): Promise<SandboxAbility | string> {
  const missing = ["unshare", "nsenter", "mount", "sh"].find((tool) => findTool(tool) === undefined);
  if (process.platform !== "linux") return `${process.platform} has none`;
  if (missing !== undefined) return `${missing} is missing`;
  if (findTool("ip") !== undefined && (await trySandbox(true)) === "") {
    return { kind: "namespaces", overlay: true, network: true, note: "" };
  }
  const why = await trySandbox(false);
  if (why !== "") return why;
  const note = "sandboxes share this machine's network: iproute2 (ip) or virtual network devices are missing";
  return { kind: "namespaces", overlay: true, network: false, note };
}

/** Makes a sandbox with nothing in it; empty when that works, else why not. */
async function trySandbox(network: boolean): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-probe-"));
  const upper = join(folder, "upper");
  try {
    await mkdir(upper);
    const request = { root: { layers: [], upper }, binds: [], argv: ["/none"] as const, env: {}, cwd: "/" };
    const { exitCode } = await (await startInNamespaces(request, network)).exited;
    // What nsenter answers when it has arrived inside and finds no such program.
    return exitCode === 127 ? "" : `a trial ended with exit code ${exitCode}`;
  } catch (error) {
    if (error instanceof SlipwayError) return error.problems.map(({ says }) => says).join("; ");
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function bubblewrapWorks(): Promise<boolean> {
  const bwrap = findTool("bwrap");
  if (bwrap === undefined) return false;
  const argv = [
    bwrap,
    "--unshare-user",
    "--unshare-pid",
    "--ro-bind",
    "/",
    "/",
    "--proc",
    "/proc",
    "true",
  ] as const;
  const { exitCode } = await runProcess({ argv, env: { PATH: TOOL_PATH }, timeoutMs: 10_000 });
  return exitCode === 0;
}

function plain(why: string): SandboxAbility {
  const note = `commands run as plain processes that see and can change this machine (${why})`;
  return { kind: "plain", overlay: false, network: false, note };
}

function refusal(says: string, hint: string): SlipwayError {
  return new SlipwayError({ code: "SANDBOX_UNAVAILABLE", at: "SLIPWAY_SANDBOX", says, hint }, "usage");
}
