import { readdirSync, readFileSync } from "node:fs";

const LOOK_MS = 15;

/** Reads the arguments of every process that has the folder as its home, again and again until `stop`. */
export function watchArguments(folder: string): { stop(): string } {
  const seen = new Set<string>();
  const look = () => {
    for (const name of readdirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      try {
        if (!readFileSync(`/proc/${name}/environ`, "utf8").includes(`HOME=${folder}`)) continue;
        seen.add(readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " "));
      } catch {
        // It has ended between the two looks.
      }
    }
  };
  const timer = setInterval(look, LOOK_MS);
  return {
    stop() {
      clearInterval(timer);
      return [...seen].join("\n");
    },
  };
}
