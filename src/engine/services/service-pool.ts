import type { Reach } from "../../machine/sandbox/types.ts";
import { RecipeProblem } from "../graph/recipe-problem.ts";
import { SharedWork } from "../graph/shared-work.ts";
import type { ContainerState } from "../state/container.ts";
import type { ServiceState } from "../state/service.ts";
import type { Session } from "../state/session.ts";
import { startContainerService } from "./container-service.ts";
import type { StartedService } from "./started-service.ts";
import { startTunnel } from "./tunnel.ts";

/** The session's running services: one instance for each definition, started when first needed. */
export class ServicePool {
  readonly #session: () => Session;
  #starting = new SharedWork<StartedService>();
  readonly #running = new Map<string, StartedService>();

  constructor(session: () => Session) {
    this.#session = session;
  }

  /** The service, started and healthy. A caller that gives up does not stop it for the others. */
  async start(state: ServiceState, signal: AbortSignal): Promise<StartedService> {
    const running = this.#running.get(state.key);
    if (running !== undefined && running.isRunning()) return running;

    // Its own SharedWork entry would answer the instance that has ended.
    if (running !== undefined) this.#forget(state.key);
    return await this.#starting.run(state.key, signal, async (later) => {
      const started = await this.#session().execs.track(this.#begin(state, later));
      this.#running.set(state.key, started);
      return started;
    });
  }

  /** Stops the service if it runs. */
  async stop(state: ServiceState, kill: boolean): Promise<void> {
    const running = this.#running.get(state.key);
    this.#forget(state.key);
    await running?.stop(kill);
  }

  /** How a container reaches the services bound to it; starts them. Throws when one does not become healthy. */
  async reaches(state: ContainerState, signal: AbortSignal): Promise<Reach[]> {
    const session = this.#session();
    const lists = await Promise.all(
      state.services.map(async ({ alias, service }) => {
        const bound = await session.service(service, signal);
        if (bound.ports.length === 0) {
          throw new RecipeProblem(
            `service ${alias} exposes no port; the embedded engine connects exposed ports only (withExposedPort)`,
          );
        }
        const started = await this.start(bound, signal);
        return started.ports.flatMap((port) =>
          [alias, bound.hostname].map((name) => ({ alias: name, port, to: started.target(port) })),
        );
      }),
    );
    return lists.flat();
  }

  /** Stops all services, those that use others first. */
  async close(): Promise<void> {
    const newestFirst = [...this.#running.values()].toReversed();
    this.#running.clear();
    for (const service of newestFirst) await service.stop(false);
  }

  async #begin(state: ServiceState, signal: AbortSignal): Promise<StartedService> {
    const session = this.#session();
    switch (state.kind) {
      case "container":
        return await startContainerService(session, state, signal);
      case "tunnel":
        return await startTunnel(state, await this.start(state.target, signal));
      case "address":
        return {
          ports: state.ports.map(({ port }) => port),
          address: (port) => ({ host: state.host, port: state.backends.get(port) ?? port }),
          target: (port) => ({ kind: "address", host: state.host, port: state.backends.get(port) ?? port }),
          isRunning: () => true,
          stop: async () => {},
        };
      default:
        return state satisfies never;
    }
  }

  #forget(key: string): void {
    this.#running.delete(key);
    this.#starting.drop(key);
  }
}
