import { objectsOf, numberOf, optionalNumberOf, recipeOf, textOf } from "../graph/arguments.ts";
import { RecipeProblem } from "../graph/recipe-problem.ts";
import { hashOf, type Arguments, type Recipe } from "../graph/recipe.ts";
import type { ExposedPort } from "../state/container.ts";
import type { ServiceState } from "../state/service.ts";
import type { Session } from "../state/session.ts";
import { commandOf } from "./container-exec.ts";
import { worldOf } from "./exec-key.ts";

/** What a Service recipe stands for. */
export async function serviceState(
  session: Session,
  recipe: Recipe,
  signal: AbortSignal,
): Promise<ServiceState> {
  const { args, parent } = recipe;
  switch (recipe.operation) {
    case "Container.asService":
      return await containerService(session, must(parent), args, signal);
    case "Host.service":
      return addressService(args);
    case "Host.tunnel":
      return await tunnel(session, args, signal);
    case "Service.withHostname": {
      const service = await session.service(must(parent), signal);
      const hostname = textOf(args, "hostname");
      return { ...service, hostname, key: hashOf({ hostname, service: service.key }) };
    }
    default:
      throw new Error(`no service is made by ${recipe.operation}`);
  }
}

async function containerService(
  session: Session,
  parent: Recipe,
  args: Arguments,
  signal: AbortSignal,
): Promise<ServiceState> {
  const container = await session.container(parent, signal);
  const argv = commandOf(container, args);
  const { ports } = container.config;
  const key = hashOf({
    service: argv,
    ports: ports.map((port) => ({ ...port })),
    in: await worldOf(session, container, signal),
  });
  return { kind: "container", key, hostname: hostnameFor(key), container, argv, ports };
}

function addressService(args: Arguments): ServiceState {
  const host = textOf(args, "host");
  const forwards = forwardsOf(args);
  if (forwards.length === 0) throw new RecipeProblem("a host service needs at least one port");

  const key = hashOf({ host, forwards });
  return {
    kind: "address",
    key,
    hostname: hostnameFor(key),
    host,
    ports: forwards.map(({ frontend, backend }) => tcp(frontend === 0 ? backend : frontend)),
    backends: new Map(
      forwards.map(({ frontend, backend }) => [frontend === 0 ? backend : frontend, backend]),
    ),
  };
}

async function tunnel(session: Session, args: Arguments, signal: AbortSignal): Promise<ServiceState> {
  const target = await session.service(recipeOf(args, "service"), signal);
  const written = forwardsOf(args);
  const native = args.native === true;
  const forwards =
    written.length > 0
      ? written
      : target.ports.map(({ port }) => ({ frontend: native ? port : 0, backend: port }));
  const ports = forwards.map(({ frontend }) => tcp(frontend));
  return {
    kind: "tunnel",
    key: hashOf({ tunnel: target.key, forwards }),
    hostname: "localhost",
    target,
    ports,
    forwards,
  };
}

/** `ports` arguments; a frontend of 0 means that none was given. Throws a RecipeProblem for UDP. */
function forwardsOf(args: Arguments): { frontend: number; backend: number }[] {
  return objectsOf(args, "ports").map((port) => {
    if (port.protocol === "UDP") {
      throw new RecipeProblem("UDP ports are not part of the embedded engine; Dagger Engine has them");
    }
    return { frontend: optionalNumberOf(port, "frontend") ?? 0, backend: numberOf(port, "backend") };
  });
}

function tcp(port: number): ExposedPort {
  return { port, protocol: "TCP", description: null, skipHealthcheck: false };
}

function hostnameFor(key: string): string {
  return `s${key
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "")
    .slice(0, 12)}`;
}

function must(parent: Recipe | undefined): Recipe {
  if (parent === undefined) throw new Error("the recipe has no parent");
  return parent;
}
