import { setTimeout as pause } from "node:timers/promises";
import type { SandboxExit } from "../../machine/sandbox/types.ts";
import { ExecError } from "../exec/exec-error.ts";
import { exitCodeOf } from "../exec/expectation.ts";
import { launch } from "../exec/launch.ts";
import { Output } from "../exec/output.ts";
import { RecipeProblem } from "../graph/recipe-problem.ts";
import type { ServiceState } from "../state/service.ts";
import type { Session } from "../state/session.ts";
import type { StartedService } from "./started-service.ts";

const HEALTHY_WITHIN_MS = 120_000;
const STOP_GRACE_MS = 10_000;
/** Output beyond this is not kept for the error of a service that does not start; it is logged all the same. */
const KEPT_OUTPUT_BYTES = 16 * 1024 * 1024;

type ContainerService = Extract<ServiceState, { kind: "container" }>;

/** Starts a service in a sandbox and waits until its ports accept connections. Throws ExecError when it ends before. */
export async function startContainerService(
  session: Session,
  state: ContainerService,
  signal: AbortSignal,
): Promise<StartedService> {
  const ports = state.ports.filter(({ protocol }) => protocol === "TCP");
  if (ports.length < state.ports.length) {
    throw new RecipeProblem("UDP ports are not part of the embedded engine; Dagger Engine has them");
  }
  const id = session.execs.nextId();
  const argv = state.argv.map((word) => session.secrets.scrub(word));
  const story = { id, hostname: state.hostname, argv, ports: ports.map(({ port }) => port) };
  const output = new Output({
    scrubber: () => session.secrets.scrubber(),
    onLine: (line, stream) => session.log({ kind: "output", id, stream, line }),
    limit: KEPT_OUTPUT_BYTES,
    onOverflow: () => {},
  });
  // The session ends it, or `stop`; the caller that happened to be first gives up only the start.
  const ending = new AbortController();
  const launched = await launch(session, state.container, {
    argv: state.argv,
    hostname: state.hostname,
    onOutput: (chunk, stream) => output.write(chunk, stream),
    signal: AbortSignal.any([session.signal, ending.signal]),
  });
  let running = true;
  const ended = whenEnded();
  ended.catch(() => {});

  try {
    const waits = ports.filter(({ skipHealthcheck }) => !skipHealthcheck).map(({ port }) => port);
    const failed = ended.then((exit) => {
      const texts = { stdout: output.bytes("stdout").toString(), stderr: output.bytes("stderr").toString() };
      throw new ExecError({ argv, exitCode: exitCodeOf(exit), ...texts });
    });
    failed.catch(() => {});
    await Promise.race([
      Promise.all(waits.map(async (port) => await accepts(launched.sandbox, port, signal))),
      failed,
    ]);
  } catch (error) {
    ending.abort(error);
    await ended.catch(() => {});
    throw error;
  }
  session.log({ kind: "service-started", ...story });

  return {
    ports: story.ports,
    address: () => undefined,
    target: (port) => ({ kind: "sandbox", sandbox: launched.sandbox, port }),
    connect: async (port) => await launched.sandbox.connect(port),
    isRunning: () => running,
    stop: async (kill) => {
      await launched.sandbox.stop(kill ? 0 : STOP_GRACE_MS);
      await ended.catch(() => {});
      session.log({ kind: "service-stopped", ...story });
    },
  };

  async function whenEnded(): Promise<SandboxExit> {
    try {
      return await launched.sandbox.exited;
    } finally {
      running = false;
      output.end();
      await launched.release();
    }
  }
}

/** Waits until something listens on the port. */
async function accepts(
  sandbox: {
    connect(port: number): Promise<{ destroy(): void; on(event: "error", listener: () => void): void }>;
  },
  port: number,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + HEALTHY_WITHIN_MS;
  for (let wait = 10; ; wait = Math.min(wait * 1.5, 250)) {
    try {
      const socket = await sandbox.connect(port);
      socket.on("error", () => {});
      socket.destroy();
      return;
    } catch (error) {
      if (performance.now() > deadline) {
        const seconds = HEALTHY_WITHIN_MS / 1000;
        throw new RecipeProblem(`port ${port} of the service accepted no connection within ${seconds} s`, {
          cause: error,
        });
      }
    }
    await pause(wait, undefined, { signal });
  }
}
