import type { Socket } from "node:net";
import type { Reach } from "../../machine/sandbox/types.ts";

/** A service that runs. */
export interface StartedService {
  /** The TCP ports it can be reached at. */
  readonly ports: readonly number[];
  /** Where this machine reaches the port; undefined for a service in a sandbox. */
  address(port: number): { readonly host: string; readonly port: number } | undefined;
  /** Where a sandbox reaches the port. */
  target(port: number): Reach["to"];
  /** Opens a connection from this machine; only a service in a sandbox needs it. */
  connect?(port: number): Promise<Socket>;
  isRunning(): boolean;
  stop(kill: boolean): Promise<void>;
}
