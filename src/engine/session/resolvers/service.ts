import { once } from "node:events";
import { flagOf, optionalNumberOf, optionalTextOf } from "../../graph/arguments.ts";
import { RecipeProblem } from "../../graph/recipe-problem.ts";
import { type Argument, Recipe } from "../../graph/recipe.ts";
import type { StartedService } from "../../services/started-service.ts";
import type { ServiceState } from "../../state/service.ts";
import { type Call, type Field, sourceOf } from "./field.ts";
import { portRecipes } from "./values.ts";

/** Leaves of Service. */
export const serviceFields: Readonly<Record<string, Field>> = {
  "Service.hostname": async (call) => (await stateOf(call)).hostname,
  "Service.ports": async (call) => {
    const state = await stateOf(call);
    if (state.kind !== "tunnel") return portRecipes(call.session, state.ports);
    const { ports } = await started(call);
    return portRecipes(
      call.session,
      ports.map((port) => ({ port, protocol: "TCP", description: null, skipHealthcheck: false })),
    );
  },
  "Service.endpoint": async (call) => {
    const state = await stateOf(call);
    const ports = state.kind === "tunnel" ? (await started(call)).ports : state.ports.map(({ port }) => port);
    const port = optionalNumberOf(call.args, "port") ?? ports[0];
    if (port === undefined) throw new RecipeProblem("the service exposes no port");
    const scheme = optionalTextOf(call.args, "scheme");
    return `${scheme === undefined ? "" : `${scheme}://`}${state.hostname}:${port}`;
  },
  "Service.start": async (call) => {
    await started(call);
    return sourceOf(call).id;
  },
  "Service.sync": async (call) => {
    await started(call);
    return sourceOf(call).id;
  },
  "Service.stop": async (call) => {
    await call.session.services.stop(await stateOf(call), flagOf(call.args, "kill"));
    return sourceOf(call).id;
  },
  "Service.up": async (call) => {
    await keepUp(call, sourceOf(call), { ports: call.args.ports ?? [], random: call.args.random ?? false });
    return null;
  },
};

/** Opens the service on this machine and keeps it so until nobody waits any more. */
export async function keepUp(
  call: Call,
  service: Recipe,
  { ports, random }: { readonly ports: Argument; readonly random: Argument },
): Promise<void> {
  const { session, signal } = call;
  const args = { service, ports, native: random !== true };
  const tunnel = session.recipes.keep(new Recipe("Service", "Host.tunnel", undefined, args));
  const state = await session.service(tunnel, signal);
  const opened = await session.services.start(state, signal);
  session.log({
    kind: "note",
    line: `listening on ${opened.ports.map((port) => `127.0.0.1:${port}`).join(", ")}`,
  });
  try {
    if (!signal.aborted) await once(signal, "abort");
  } finally {
    await session.services.stop(state, false);
  }
}

async function stateOf(call: Call): Promise<ServiceState> {
  return await call.session.service(sourceOf(call), call.signal);
}

async function started(call: Call): Promise<StartedService> {
  return await call.session.services.start(await stateOf(call), call.signal);
}
