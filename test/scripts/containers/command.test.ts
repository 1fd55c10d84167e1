import { expect, test } from "vitest";
import { command } from "../../../scripts/containers/command.ts";

const node = (program: string) => [process.execPath, "-e", program] as const;

test("returns what the command printed", async () => {
  expect(await command(node("console.log('out'); console.error('err')"), { timeoutMs: 20_000 })).toBe(
    "out\n",
  );
});

test("shows the end of what a failing command said", async () => {
  const failing = command(node("for (let i = 0; i < 9; i++) console.error('line', i); process.exit(3)"), {
    timeoutMs: 20_000,
  });

  await expect(failing).rejects.toThrow(/ended with 3:\nline 4\nline 5\nline 6\nline 7\nline 8$/);
});

test("ends a command that takes too long", async () => {
  await expect(command(node("setInterval(() => {}, 1000)"), { timeoutMs: 200 })).rejects.toThrow(
    /ended with SIGKILL$/,
  );
});

test("rejects for a command that is not there", async () => {
  await expect(command(["/nowhere/slipway-no-such-command"], { timeoutMs: 1000 })).rejects.toMatchObject({
    code: "ENOENT",
  });
});
