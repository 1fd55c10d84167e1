import { Argument, InvalidArgumentError, type Command } from "commander";
import type { CloudOptions } from "./cloud-command.ts";

export interface CloudFaultOptions extends CloudOptions {
  readonly nth: number;
  readonly clear?: boolean;
}

export const FAULT_WORDS = [
  "throttle",
  "error",
  "reset-before",
  "reset-after",
  "time-out-after",
  "stale-read",
  "expired-credentials",
] as const;

/** `cloud fault`: the verb has been declared; what it takes and does is here. */
export function describeCloudFault(fault: Command): void {
  fault
    .argument(
      "[service]",
      "as AWS signs for it: ecs, ecr, s3, sts, elasticloadbalancing, secretsmanager, or *",
    )
    .argument("[operation]", "for example UpdateService, or *")
    .addArgument(new Argument("[fault]", "what is to happen").choices(FAULT_WORDS))
    .option("--nth <number>", "the call that is struck, counted from now", counted, 1)
    .option("--clear", "let nothing go wrong any more")
    .action(
      async (
        service: string | undefined,
        operation: string | undefined,
        word: (typeof FAULT_WORDS)[number] | undefined,
        _options: CloudFaultOptions,
        command: Command,
      ) => {
        const { runCloudFault } = await import("./cloud-fault.ts");
        const isWhole = service !== undefined && operation !== undefined && word !== undefined;
        if (service !== undefined && !isWhole)
          command.error("error: give service, operation and fault, or none of them");
        const wish = isWhole ? { service, operation, fault: word } : undefined;
        await runCloudFault(wish, command.optsWithGlobals<CloudFaultOptions>());
      },
    );
}

function counted(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError("it should be a whole number from 1 on.");
  return Number(text);
}
