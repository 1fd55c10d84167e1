import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { SlipwayError } from "../../core/errors.ts";
import { processStart } from "./process-start.ts";

/**
 * Makes this process the only one that runs the cloud whose lock file this is. Answers how to give it back. Throws
 * CLOUD_BUSY (exit 30) while another live process has it; one that a dead process left is taken over.
 */
export function takeLock(path: string): () => void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const own = `${process.pid} ${processStart(process.pid) ?? ""}`;
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(path, own, { flag: "wx", mode: 0o600 });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = read(path);
    const [pid = "", ...start] = holder.split(" ");
    if (holder !== "" && processStart(Number(pid)) === start.join(" ")) break;
    rmSync(path, { force: true });
  }
  throw new SlipwayError(
    {
      code: "CLOUD_BUSY",
      at: path,
      says: "another process is starting or stopping this cloud",
      hint: "wait a moment and try again, or give another --name",
    },
    "leaseHeld",
  );
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
