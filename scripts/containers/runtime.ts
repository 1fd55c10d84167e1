import { readFile } from "node:fs/promises";
import { command } from "./command.ts";

/** Where containers can run. */
export type Runtime =
  /** A runtime that answers already, with an image it has or can pull. */
  | { readonly kind: "answers"; readonly image: string }
  /** None does, but this machine can run one of its own. */
  | { readonly kind: "private" }
  | { readonly kind: "none"; readonly because: string };

/** What is known of this machine. */
export interface Machine {
  /** The runtime's version; undefined: none answers. */
  readonly answers: string | undefined;
  /** Whether that runtime has or can pull the image. */
  readonly hasImage: boolean;
  readonly isRoot: boolean;
  /** `ID` of os-release: "debian". */
  readonly system: string;
  /** Whether this process may make mounts, which a container runtime has to. */
  readonly canMount: boolean;
}

/** The decision alone, so that it can be tested. */
export function chooseRuntime(machine: Machine, image: string): Runtime {
  if (machine.answers !== undefined && machine.hasImage) return { kind: "answers", image };
  const why =
    machine.answers === undefined
      ? "no container runtime answers"
      : `the container runtime ${machine.answers} neither has the image ${image} nor can pull it`;
  if (machine.system !== "debian") {
    return {
      kind: "none",
      because: `${why}, and only on Debian one of our own can be installed (this is ${machine.system})`,
    };
  }
  if (!machine.isRoot)
    return { kind: "none", because: `${why}, and to install Debian's docker.io takes root` };
  if (!machine.canMount)
    return { kind: "none", because: `${why}, and this process may not mount, which dockerd needs` };
  return { kind: "private" };
}

/** Asks this machine. */
export async function lookAround(image: string): Promise<Machine> {
  const answers = await asked(["docker", "info", "--format", "{{.ServerVersion}}"], 2000);
  const hasImage =
    answers !== undefined &&
    ((await asked(["docker", "image", "inspect", image], 10_000)) ??
      (await asked(["docker", "pull", "--quiet", image], 180_000))) !== undefined;
  return {
    answers,
    hasImage,
    isRoot: process.getuid?.() === 0,
    system: systemId(await readFile("/etc/os-release", "utf8").catch(() => "")),
    canMount: (await asked(["unshare", "--mount", "--propagation", "private", "true"], 5000)) !== undefined,
  };
}

/** `ID` in the text of os-release, which shells can read: the value may be quoted. */
export function systemId(osRelease: string): string {
  return /^ID=(["']?)([\w.-]+)\1$/m.exec(osRelease)?.[2] ?? process.platform;
}

async function asked(argv: readonly [string, ...string[]], timeoutMs: number): Promise<string | undefined> {
  return await command(argv, { timeoutMs }).then(
    (text) => (text.trim() === "" ? "unknown" : text.trim()),
    () => undefined,
  );
}
