import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

// util-linux's `script` gives a program a terminal of its own; other systems have another `script`, or none.
const hasScript =
  spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") ?? false;

test.skipIf(!hasScript)(
  "on a terminal every step ends as one line, then the problems, then the answer",
  () => {
    const story = join(import.meta.dirname, "live-story.ts");
    const command = `stty cols 100 rows 40; '${process.execPath}' '${story}'`;
    const ran = spawnSync("script", ["-qec", command, "/dev/null"], {
      encoding: "utf8",
      env: { ...process.env, TERM: "xterm", NO_COLOR: "1", CI: "" },
      timeout: 20_000,
    });

    // eslint-disable-next-line no-control-regex -- escape sequences are what is taken out
    const lines = ran.stdout.replaceAll(/\u001B\[[0-9;?]*[a-zA-Z]/g, "").split(/\r?\n/);
    const last = lines.filter(
      (line, index) => /^[✔✖]|^ {2}GET|^the answer/.test(line) && line !== lines[index - 1],
    );
    expect(last.map((line) => line.replace(/ \[.*\]$/, ""))).toEqual([
      "✔ wait: every task runs",
      "✔ migrate: nothing pending (skipped)",
      "✖ smoke: status 500",
      "  GET /: status 500",
      "the answer",
    ]);
  },
);
