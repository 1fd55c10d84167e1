import type { ContainerDefinition } from "./types.ts";

/** Containers with those first that others wait for. */
export function startOrder(containers: readonly ContainerDefinition[]): ContainerDefinition[] {
  const ordered: ContainerDefinition[] = [];
  const place = (one: ContainerDefinition, waiting: ReadonlySet<string>) => {
    if (ordered.includes(one) || waiting.has(one.name)) return;
    for (const name of one.after) {
      const earlier = containers.find((other) => other.name === name);
      if (earlier !== undefined) place(earlier, new Set([...waiting, one.name]));
    }
    ordered.push(one);
  };
  for (const one of containers) place(one, new Set());
  return ordered;
}
