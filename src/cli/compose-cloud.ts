import type { Config } from "../core/config/types.ts";
import type { BroughtDown } from "../cloud/daemon/bring-down.ts";
import type { BroughtUp } from "../cloud/daemon/bring-up.ts";
import type { CloudStatus } from "../cloud/daemon/describe-cloud.ts";
import type { FaultRule, FaultState } from "../cloud/faults/fault-plan.ts";

export type { BroughtDown, BroughtUp, CloudStatus, FaultRule, FaultState };

/** The local cloud as the CLI drives it. Its parts are loaded when they are needed. */
export async function composeCloud(env: NodeJS.ProcessEnv = process.env) {
  const { stateFolder } = await import("../machine/processes/state-folder.ts");
  const folder = stateFolder(env);
  return {
    async up(
      name: string,
      port: number | undefined,
      config: Config | undefined,
      signal: AbortSignal,
    ): Promise<BroughtUp> {
      const { bringUp } = await import("../cloud/daemon/bring-up.ts");
      return bringUp({ stateFolder: folder, name, port, config, signal });
    },
    async status(name: string): Promise<CloudStatus | undefined> {
      const { askStatus } = await import("../cloud/daemon/ask-status.ts");
      return askStatus(folder, name);
    },
    async faults(name: string, rules: readonly FaultRule[] | undefined) {
      const { askFaults } = await import("../cloud/daemon/ask-faults.ts");
      return askFaults(folder, name, rules);
    },
    async down(name: string, purge: boolean): Promise<BroughtDown> {
      const { bringDown } = await import("../cloud/daemon/bring-down.ts");
      return bringDown(folder, name, purge);
    },
  };
}
