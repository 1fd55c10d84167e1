import { join } from "node:path";
import { parseJson } from "../../core/json.ts";
import { readText } from "./read-text.ts";

/** Where the local cloud of a name answers, as it wrote when it came up. */
export interface LocalCloud {
  readonly endpoint: string;
  readonly region: string;
  readonly ledgerUrl: string | undefined;
}

/** The running local cloud, `undefined` when none is up. */
export async function findLocalCloud(stateFolder: string, name: string): Promise<LocalCloud | undefined> {
  const text = await readText(join(stateFolder, "cloud", `${name}.json`));
  if (text === undefined) return undefined;
  const parsed = parseJson(text);
  const state = parsed.kind === "value" ? (parsed.value as Record<string, unknown>) : {};
  const { pid, endpoint, region, ledgerUrl } = state;
  if (typeof endpoint !== "string" || typeof pid !== "number" || !lives(pid)) return undefined;
  return {
    endpoint,
    region: typeof region === "string" ? region : "us-east-1",
    ledgerUrl: typeof ledgerUrl === "string" ? ledgerUrl : undefined,
  };
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
