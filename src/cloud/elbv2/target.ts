import { Agent } from "node:http";
import type { Duplex } from "node:stream";
import type { Socket } from "node:net";

type TargetState = "initial" | "healthy" | "unhealthy" | "draining";

/** Why a target is in its state, in AWS's codes. */
export interface TargetReason {
  readonly code: string;
  readonly description: string;
}

/** A target of a target group while it is registered. */
export interface Target {
  readonly host: string;
  readonly port: number;
  state: TargetState;
  reason: TargetReason | undefined;
  /** Answers in a row of the kind that the state is not. */
  streak: number;
  /** Requests and upgraded connections under way. */
  inFlight: number;
  readonly agent: TargetAgent;
}

export const REASONS = {
  starting: { code: "Elb.InitialHealthChecking", description: "Initial health checks in progress" },
  draining: {
    code: "Target.DeregistrationInProgress",
    description: "Target deregistration is in progress",
  },
  timeout: { code: "Target.Timeout", description: "Request timed out" },
  failed: { code: "Target.FailedHealthChecks", description: "Health checks failed" },
} as const;

export function mismatch(status: number): TargetReason {
  return {
    code: "Target.ResponseCodeMismatch",
    description: `Health checks failed with these codes: [${status}]`,
  };
}

/** Keeps connections to one target open between requests. */
export class TargetAgent extends Agent {
  readonly #dial: () => Promise<Socket>;

  constructor(dial: () => Promise<Socket>) {
    super({ keepAlive: true, maxFreeSockets: 64 });
    this.#dial = dial;
  }

  /** A connection of its own, outside the agent's care. */
  dial(): Promise<Socket> {
    return this.#dial();
  }

  override createConnection(
    _options: unknown,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    if (callback !== undefined) void this.#connect(callback);
    return undefined;
  }

  async #connect(callback: (error: Error | null, stream: Duplex) => void): Promise<void> {
    let socket: Socket;
    try {
      socket = await this.#dial();
    } catch (error) {
      // Node's type wants a stream beside the error; there is none.
      callback(error as Error, undefined as unknown as Duplex);
      return;
    }
    callback(null, socket);
  }
}
