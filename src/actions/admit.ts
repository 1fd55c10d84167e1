import { SlipwayError, type Problem } from "../core/errors.ts";
import { admitRelease } from "../core/release/admit.ts";
import { configDiffers } from "../core/release/config-differs.ts";
import type { Release } from "../core/release/types.ts";
import type { RunContext } from "./run-context.ts";

/** The step `parse`: release, config and files on disk fit each other. Throws every problem at once (exit 2). */
export async function admit(release: Release, context: RunContext, signal: AbortSignal): Promise<void> {
  const says = `${context.config.app} ${release.version}, ${release.id}`;
  await context.steps.take("parse", says, signal, async () => {
    const problems = await unfit(release, context);
    if (problems.length > 0) throw new SlipwayError(problems, "usage");
    return { says };
  });
}

async function unfit(release: Release, { config, environment, ports }: RunContext): Promise<Problem[]> {
  const onDisk =
    config.database === undefined ? [] : await ports.files.migrations(config.database.migrations);
  return [
    ...admitRelease(release, config, environment, onDisk),
    ...configDiffers(release, ports.fingerprintOf(config)),
  ];
}
