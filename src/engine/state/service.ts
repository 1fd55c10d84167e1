import type { ContainerState, ExposedPort } from "./container.ts";

/** What a Service stands for. */
export type ServiceState = { readonly key: string; readonly hostname: string } & (
  | {
      readonly kind: "container";
      readonly container: ContainerState;
      readonly argv: readonly string[];
      readonly ports: readonly ExposedPort[];
    }
  | {
      /** A server that this machine can reach: `ports` are the ones seen by the pipeline. */
      readonly kind: "address";
      readonly host: string;
      readonly ports: readonly ExposedPort[];
      /** The pipeline's port → the server's. */
      readonly backends: ReadonlyMap<number, number>;
    }
  | {
      /** Another service, opened on this machine's loopback address. */
      readonly kind: "tunnel";
      readonly target: ServiceState;
      readonly ports: readonly ExposedPort[];
      /** The port on this machine (0: any) → the target's. */
      readonly forwards: readonly { readonly frontend: number; readonly backend: number }[];
    }
);
