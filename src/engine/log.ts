// What the engine tells while it works. Everything in it is scrubbed of secrets.

/** One exec, for a summary of what ran. */
export interface ExecReport {
  readonly argv: readonly string[];
  /** What its root file system began from: `host:node@24.21.0`, an image with digest, `scratch`. */
  readonly base: string;
  readonly cached: boolean;
  readonly seconds: number;
  readonly exitCode: number;
}

export type EngineLog =
  | {
      readonly kind: "exec-started";
      readonly id: number;
      readonly argv: readonly string[];
      readonly base: string;
    }
  | {
      readonly kind: "output";
      /** The exec's or service's number. */
      readonly id: number;
      readonly stream: "stdout" | "stderr";
      /** One line without its end. */
      readonly line: string;
    }
  | ({ readonly kind: "exec-finished"; readonly id: number } & ExecReport)
  | {
      readonly kind: "service-started" | "service-stopped";
      readonly id: number;
      readonly hostname: string;
      readonly argv: readonly string[];
      readonly ports: readonly number[];
    }
  | { readonly kind: "note"; readonly line: string };

export type EngineLogger = (line: EngineLog) => void;
