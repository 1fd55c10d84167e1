import type { StoryEvent } from "./story/events.ts";

/** A session of the embedded engine. */
export interface EngineSession {
  readonly port: number;
  readonly token: string;
  close(): Promise<void>;
}

/** What `call` needs of the process it runs in; `compose-call.ts` gives the real one. */
export interface CallSurroundings {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Aborted when the user wants the call to end. */
  readonly interrupted: AbortSignal;
  startEngine(onLog: (event: StoryEvent) => void): Promise<EngineSession>;
  /** Undoes what is left, before the process ends because of an interruption. */
  cleanUp(): Promise<void>;
}
