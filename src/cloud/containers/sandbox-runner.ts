import { mkdir, readdir, readFile } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import type { Socket } from "node:net";
import { SlipwayError, sentence } from "../../core/errors.ts";
import { sandboxAbility } from "../../machine/sandbox/ability.ts";
import { startSandbox } from "../../machine/sandbox/start.ts";
import type { Reach, RunningSandbox, SandboxExit } from "../../machine/sandbox/types.ts";
import type { ContainerOrder, ContainerRunner, RunningContainer } from "../ecs/container-runner.ts";
import { dialLoopback } from "../network/private-network.ts";
import { freePort } from "./free-port.ts";
import type { ImageRoots } from "./image-roots.ts";
import { insideValues, reachOf, type Neighbour } from "./inside-addresses.ts";
import { openLog } from "./container-log.ts";
import { removeTree } from "./remove-tree.ts";
import { planRun, userIds, type RunPlan } from "./run-plan.ts";

export interface SandboxRunnerOptions {
  /** Where what containers write, and their output, is kept while they run. */
  readonly folder: string;
  readonly roots: ImageRoots;
  /** Servers of this machine that containers may reach; asked for when a container starts. */
  readonly neighbours: () => readonly Neighbour[];
}

/** Runs containers in sandboxes of this machine, from the roots of pulled images. */
export class SandboxRunner implements ContainerRunner {
  readonly #options: SandboxRunnerOptions;
  readonly #sandboxes = new WeakMap<RunningContainer, RunningSandbox>();

  constructor(options: SandboxRunnerOptions) {
    this.#options = options;
  }

  async pull(image: string): Promise<string> {
    try {
      return (await this.#options.roots.get(image)).digest;
    } catch (error) {
      throw named("CannotPullContainerError", error);
    }
  }

  async start(order: ContainerOrder): Promise<RunningContainer> {
    try {
      return await this.#start(order);
    } catch (error) {
      throw named("CannotStartContainerError", error);
    }
  }

  async forget(task: string): Promise<void> {
    await removeTree(join(this.#options.folder, task));
  }

  /** Deletes what containers of a cloud that crashed have written. Nothing may run when it is called. */
  async cleanUp(): Promise<void> {
    const tasks = await readdir(this.#options.folder).catch(() => []);
    for (const task of tasks) {
      const containers = await readdir(join(this.#options.folder, task)).catch(() => []);
      for (const name of containers) await this.#dropChanges(join(this.#options.folder, task, name));
    }
  }

  async #dropChanges(home: string): Promise<void> {
    for (const name of ["upper", "upper.work"]) await removeTree(join(home, name));
  }

  async #start(order: ContainerOrder): Promise<RunningContainer> {
    const { roots } = this.#options;
    const root = await roots.get(order.image);
    const letGo = roots.use(root);
    const home = join(this.#options.folder, order.task, order.name);
    const leave = async () => {
      letGo();
      await this.#dropChanges(home);
    };
    try {
      const plan = planRun(order, root.config);
      const ids = userIds(
        plan.user,
        await text(root.folder, "etc/passwd"),
        await text(root.folder, "etc/group"),
      );
      const world = await this.#world(order, plan);
      await mkdir(join(home, "upper"), { recursive: true, mode: 0o700 });
      const log = openLog(join(home, "output.log"));
      const sandbox = await startSandbox({
        root: { layers: [root.folder], upper: join(home, "upper") },
        binds: root.binds,
        temporary: ["/tmp"],
        argv: plan.argv,
        cwd: plan.cwd,
        hostname: `ip-${order.task.slice(0, 12)}`,
        onOutput: log.write,
        ...ids,
        ...world.sandbox,
      });
      const exited = this.#ended(sandbox, async () => {
        log.close();
        await leave();
      });
      const container: RunningContainer = {
        exited,
        connect: (port) => world.connect(sandbox, port),
        stop: async (graceMs) => {
          await sandbox.stop(graceMs);
          await exited;
        },
      };
      this.#sandboxes.set(container, sandbox);
      return container;
    } catch (error) {
      await leave();
      throw error;
    }
  }

  async #ended(sandbox: RunningSandbox, cleanUp: () => Promise<void>): Promise<number> {
    try {
      return exitCode(await sandbox.exited);
    } finally {
      await cleanUp();
    }
  }

  /** What the container sees of the network, and how it is reached, on a machine with or without private networks. */
  async #world(order: ContainerOrder, plan: RunPlan) {
    const { network } = await sandboxAbility();
    if (network) {
      const neighbours = this.#options.neighbours();
      const siblings = order.siblings.flatMap(({ name, port, container }): Reach[] => {
        const sandbox = this.#sandboxes.get(container);
        return sandbox === undefined ? [] : [{ alias: name, port, to: { kind: "sandbox", sandbox, port } }];
      });
      return {
        sandbox: {
          env: insideValues(plan.env, neighbours),
          reaches: [...neighbours.map(reachOf), ...siblings],
        },
        connect: (sandbox: RunningSandbox, port: number): Promise<Socket> => sandbox.connect(port),
      };
    }
    // All containers share this machine's ports: one that takes its port from PORT gets a free one there.
    const port = await freePort();
    return {
      sandbox: { env: order.port === undefined ? plan.env : { ...plan.env, PORT: String(port) } },
      connect: (_sandbox: RunningSandbox, asked: number): Promise<Socket> =>
        dialLoopback(asked === order.port ? port : asked),
    };
  }
}

function exitCode(exit: SandboxExit): number {
  if (exit.exitCode !== null) return exit.exitCode;
  return 128 + (exit.signal === null ? 0 : constants.signals[exit.signal]);
}

async function text(root: string, path: string): Promise<string> {
  return readFile(join(root, path), "utf8").catch(() => "");
}

function named(name: string, error: unknown): Error {
  const problem = error instanceof SlipwayError ? error.problems[0] : undefined;
  const says =
    problem === undefined ? (error instanceof Error ? error.message : String(error)) : sentence(problem);
  const named = new Error(says, { cause: error });
  named.name = name;
  return named;
}
