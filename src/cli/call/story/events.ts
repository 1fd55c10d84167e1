// What the story is told. The engine's log lines have these shapes too.

export type StoryEvent =
  | { readonly kind: "exec-started"; readonly id: number; readonly argv: readonly string[] }
  | { readonly kind: "output"; readonly id: number; readonly line: string }
  | {
      readonly kind: "exec-finished";
      readonly id: number;
      readonly argv: readonly string[];
      readonly cached: boolean;
      readonly seconds: number;
      readonly exitCode: number;
    }
  | {
      readonly kind: "service-started" | "service-stopped";
      readonly id: number;
      readonly hostname: string;
      readonly argv: readonly string[];
    }
  | { readonly kind: "note"; readonly line: string }
  /** A line that the module printed. */
  | { readonly kind: "module"; readonly line: string };
