import type { Reply, WorkerAnswer } from "../../core/worker/calls.ts";
import type { CallOptions } from "./worker-settings.ts";

interface Pending extends Pick<CallOptions, "tell" | "keeping"> {
  readonly answer: (answer: WorkerAnswer) => void;
  readonly fail: (error: unknown) => void;
}

/** The calls that a worker has not answered yet. */
export class PendingCalls {
  readonly #calls = new Map<string, Pending>();

  get size(): number {
    return this.#calls.size;
  }

  add(id: string, { tell, keeping }: CallOptions): Promise<WorkerAnswer> {
    const answered = Promise.withResolvers<WorkerAnswer>();
    this.#calls.set(id, { tell, keeping, answer: answered.resolve, fail: answered.reject });
    answered.promise.catch(() => undefined);
    return answered.promise;
  }

  delete(id: string): void {
    this.#calls.delete(id);
  }

  /** False: nobody waits for that any more. */
  hear(reply: Exclude<Reply, { readonly kind: "hello" }>): boolean {
    const pending = this.#calls.get(reply.id);
    if (pending === undefined) return false;
    if (reply.kind === "event") pending.tell?.(reply.event);
    else if (reply.kind === "keeping") pending.keeping?.(reply.seeds);
    else pending.answer(reply.answer);
    return true;
  }

  fail(error: unknown): void {
    for (const { fail } of this.#calls.values()) fail(error);
  }
}
