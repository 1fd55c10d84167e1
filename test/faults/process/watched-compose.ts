import { composeDeployment as compose } from "../../../src/cli/compose.ts";
import { readOrder } from "./order.ts";
import { watchPorts } from "./watch-ports.ts";

export * from "../../../src/cli/compose.ts";

/** The product's own composition, each port of it watched. Stands in the place of the one that it wraps. */
export async function composeDeployment(
  ...given: Parameters<typeof compose>
): Promise<Awaited<ReturnType<typeof compose>>> {
  const composed = await compose(...given);
  const ports = watchPorts(composed.ports, readOrder(process.env));
  return new Proxy(composed, {
    get: (target, name) => (name === "ports" ? ports : (Reflect.get(target, name, target) as unknown)),
  });
}
