import { run } from "./cli/run.ts";

// What still holds the process after its verb has ended (a kept-alive socket) may not hold it longer than this.
const LINGER_MS = 3000;

/** The process edge: arguments in, exit code out. */
export async function main(argv: readonly string[]): Promise<void> {
  // Whoever reads the answer may stop reading (`slipway … | head`); that is no fault.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    throw error;
  });
  // The SDK's notice about old Nodes is for the SDK's users, not for ours.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

  const code = await run(argv);

  process.exitCode = code;
  setTimeout(() => process.exit(), LINGER_MS).unref();
}
