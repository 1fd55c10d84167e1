import type { RunConfig } from "../../machine/oci/image-types.ts";
import type { ContainerOrder } from "../ecs/container-runner.ts";

/** What is executed, as Docker reads an image's settings and a task definition's over them. */
export interface RunPlan {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Numbers or names, with or without a group. */
  readonly user: string;
}

/** Throws when neither the image nor the order says what to run. */
export function planRun(order: ContainerOrder, config: RunConfig): RunPlan {
  const entrypoint = order.entryPoint ?? config.Entrypoint ?? [];
  // An entry point of one's own makes the image's command void.
  const command = order.command ?? (order.entryPoint === undefined ? (config.Cmd ?? []) : []);
  const [program, ...rest] = [...entrypoint, ...command];
  if (program === undefined)
    throw new Error("neither the image nor the task definition says which command to run");
  const pairs = (config.Env ?? []).map((pair) => {
    const end = pair.indexOf("=");
    return [pair.slice(0, end), pair.slice(end + 1)] as const;
  });
  return {
    argv: [program, ...rest],
    env: { ...Object.fromEntries(pairs), ...order.env },
    cwd: order.workingDirectory ?? (config.WorkingDir || "/"),
    user: order.user ?? (config.User || "0"),
  };
}

/** Numeric ids for `1000`, `1000:1000`, `node` or `node:node`, by the image's own passwd and group. */
export function userIds(user: string, passwd: string, group: string): { uid: number; gid: number } {
  const [who = "0", whose] = user.split(":");
  const entry = lines(passwd).find(([name, , uid]) => name === who || uid === who);
  const uid = /^\d+$/.test(who) ? Number(who) : Number(entry?.[2] ?? NaN);
  if (Number.isNaN(uid)) throw new Error(`the image has no user "${who}"`);
  if (whose === undefined) return { uid, gid: Number(entry?.[3] ?? 0) };
  const gid = /^\d+$/.test(whose)
    ? Number(whose)
    : Number(lines(group).find(([name]) => name === whose)?.[2] ?? NaN);
  if (Number.isNaN(gid)) throw new Error(`the image has no group "${whose}"`);
  return { uid, gid };
}

function lines(file: string): string[][] {
  return file.split("\n").map((line) => line.split(":"));
}
