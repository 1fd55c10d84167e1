import type { Command } from "commander";
import { actVerb, type ActOptions } from "./act-options.ts";
import { demand } from "./verb.ts";

export interface CloseReviewOptions extends ActOptions {
  readonly env?: string;
  readonly review: string;
  readonly finding: string;
}

export interface ImportOptions extends ActOptions {
  readonly env: string;
  readonly run: string;
}

export function registerReview(program: Command): void {
  actVerb(program, "close-review", "record what you found when you looked into a break-glass")
    .option("--env <name>", "the environment it is due in (default: look in all)")
    .option("--review <id>", "the review, as `status` shows it")
    .option("--finding <sentence>", "what you found; it goes on record")
    .action(async (options: CloseReviewOptions, command: Command) => {
      demand(command, { ...options }, "review", "finding");
      const { runCloseReview } = await import("./run-review.ts");
      await runCloseReview(command.optsWithGlobals<CloseReviewOptions>());
    });

  actVerb(program, "import-approvals", "keep what people clicked in a GitHub run; no gate counts it")
    .option("--env <name>", "the environment, as the config names it")
    .option("--run <run>", "<owner>/<repository>/<run id>")
    .action(async (options: ImportOptions, command: Command) => {
      demand(command, { ...options }, "env", "run");
      const { runImport } = await import("./run-review.ts");
      await runImport(command.optsWithGlobals<ImportOptions>());
    });
}
