import { z } from "zod";
import { matching, some, text, wholeNumber } from "./schema-parts.ts";

const SUCH = `"here", or an object with as: "ecs-task" or as: "codebuild"`;
const ledgerSecret = text("the name of a secret")
  .optional()
  .describe("Secret with the ledger's URL as the worker reaches it (default <app>/{env}/worker-ledger-url)");

const ecsTask = z.strictObject(
  {
    as: z.literal("ecs-task").describe("A one-off task of ECS, where the environment's tasks run"),
    image: matching(
      /^\S+@sha256:[0-9a-f]{64}$/,
      "an image by digest, <repository>@sha256:<64 hex digits>",
    ).describe("Image with this version of Slipway; its entry point is the CLI"),
    cluster: text("the name of a cluster").optional().describe("Default: the environment's"),
    subnets: some(text("a subnet id"), "a list of subnet ids")
      .optional()
      .describe("Default: those of its tasks"),
    securityGroups: some(text("a security group id"), "a list of security group ids")
      .optional()
      .describe("Default: those of its tasks"),
    taskRole: matching(/^arn:[a-z-]+:iam::\d{12}:role\/\S+$/, "the ARN of a role")
      .optional()
      .describe("Role of the worker (default: none, it needs no right of AWS)"),
    cpu: wholeNumber(256, 16_384, " of CPU units").optional().describe("Default 256"),
    memory: wholeNumber(512, 122_880, " of MiB").optional().describe("Default 512"),
    ledgerSecret,
  },
  { error: "an object" },
);

const codebuild = z.strictObject(
  {
    as: z.literal("codebuild").describe("A build of CodeBuild, in its project's VPC"),
    project: matching(/^[A-Za-z0-9][A-Za-z0-9_-]{1,149}$/, "the name of a project of CodeBuild"),
    ledgerSecret,
  },
  { error: "an object" },
);

/** What a config writes about where its migrations run. */
export const runs = z.union(
  [z.literal("here"), z.discriminatedUnion("as", [ecsTask, codebuild], { error: SUCH })],
  { error: SUCH },
);
