import { AwsError } from "../wire/aws-error.ts";
import type { FaultPlan } from "./fault-plan.ts";

/** A call that has been told apart. */
export interface FaultyCall {
  /** As in the signature's scope. */
  readonly service: string;
  readonly operation: string;
  readonly protocol: "json" | "query" | "rest";
  /** Equal questions have equal texts. */
  readonly input: string;
}

/** Thrown in place of an answer: the client hears nothing, or nothing more. */
export class NoAnswer extends Error {
  readonly kind: "cut" | "hang";

  constructor(kind: "cut" | "hang") {
    super("a fault that was asked for");
    this.kind = kind;
  }
}

// Of each protocol and service, as AWS's own documents of common errors name them.
const EXPIRED = { json: "ExpiredTokenException", query: "ExpiredToken", rest: "ExpiredToken" } as const;
const THROTTLED = { json: "ThrottlingException", query: "Throttling", rest: "SlowDown" } as const;
const BROKEN = { json: "ServerException", query: "InternalFailure", rest: "InternalError" } as const;

const READ = /^(Describe|List|Get|BatchGet|BatchCheck|Head)/;

/** Runs calls, or lets them go wrong as the plan says. */
export class Striker {
  readonly #plan: FaultPlan;
  readonly #answers = new Map<string, unknown>();

  constructor(plan: FaultPlan) {
    this.#plan = plan;
  }

  /** Throws NoAnswer, or an AwsError in the words of the call's protocol. */
  async run<T>(call: FaultyCall, act: () => T | Promise<T>): Promise<T> {
    // Answers are remembered only while somebody wants faults.
    if (this.#plan.isEmpty) {
      this.#answers.clear();
      return act();
    }
    const fault = this.#plan.next(call.service, call.operation);
    const question = `${call.service} ${call.operation} ${call.input}`;
    switch (fault) {
      case "throttle": {
        const status = call.protocol === "rest" ? 503 : 400;
        throw new AwsError(THROTTLED[call.protocol], "Rate exceeded", { status });
      }
      case "error":
        throw new AwsError(BROKEN[call.protocol], "We encountered an internal error.", { status: 500 });
      case "expired-credentials": {
        const status = call.protocol === "query" ? 403 : 400;
        throw new AwsError(EXPIRED[call.protocol], "The security token included in the request is expired", {
          status,
        });
      }
      case "reset-before":
        throw new NoAnswer("cut");
      case "reset-after":
        await act();
        throw new NoAnswer("cut");
      case "time-out-after":
        await act();
        throw new NoAnswer("hang");
      case "stale-read":
        if (this.#answers.has(question)) return this.#answers.get(question) as T;
        return this.#remember(call, question, await act());
      case undefined:
        return this.#remember(call, question, await act());
      default:
        return fault satisfies never;
    }
  }

  #remember<T>({ operation }: FaultyCall, question: string, answer: T): T {
    // What an operation hands out may be part of its state and change later.
    if (READ.test(operation)) this.#answers.set(question, structuredClone(answer));
    return answer;
  }
}
