import { InvalidArgumentError, type Command } from "commander";
import { describeCloudFault } from "./cloud-fault-command.ts";
import { verb, type CommonOptions } from "./verb.ts";

export interface CloudOptions extends CommonOptions {
  readonly name: string;
}

export interface CloudUpOptions extends CloudOptions {
  readonly port?: number;
}

export interface CloudDownOptions extends CloudOptions {
  readonly purge?: boolean;
}

/** `cloud up`, `cloud status`, `cloud fault` and `cloud down`. */
export function registerCloud(program: Command): void {
  const cloud = program.command("cloud").description("the practice AWS on this machine");
  named(verb(cloud, "up", "start it, and make room for the app of this folder"))
    .option("--port <number>", "port of its endpoint (default: the one it had before, else any)", port)
    .action(async (_options: CloudUpOptions, command: Command) => {
      const { runCloudUp } = await import("./cloud-up.ts");
      await runCloudUp(command.optsWithGlobals<CloudUpOptions>());
    });
  named(verb(cloud, "status", "what runs in it")).action(async (_options: CloudOptions, command: Command) => {
    const { runCloudStatus } = await import("./cloud-status.ts");
    await runCloudStatus(command.optsWithGlobals<CloudOptions>());
  });
  describeCloudFault(
    named(verb(cloud, "fault", "let one of its calls go wrong, to see what a deployment does")),
  );
  named(verb(cloud, "down", "stop it and everything that runs in it; its data stays"))
    .option("--purge", "delete its data as well: images, secrets, databases")
    .action(async (_options: CloudDownOptions, command: Command) => {
      const { runCloudDown } = await import("./cloud-down.ts");
      await runCloudDown(command.optsWithGlobals<CloudDownOptions>());
    });
}

function named(command: Command): Command {
  return command.option(
    "--name <name>",
    "which cloud, when there are several",
    process.env["SLIPWAY_CLOUD"] || "default",
  );
}

function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new InvalidArgumentError("it should be a whole number from 0 to 65535.");
  }
  return Number(text);
}
