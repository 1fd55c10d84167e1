import { readFileSync } from "node:fs";

/** The files of /etc that say who and where a sandbox is. */
export function etcFiles(hostname: string): Record<string, string> {
  return {
    hostname: `${hostname}\n`,
    hosts: ["127.0.0.1 localhost", "::1 localhost", `127.0.0.1 ${hostname}`, ""].join("\n"),
    "resolv.conf": readFileSync("/etc/resolv.conf", "utf8"),
  };
}
