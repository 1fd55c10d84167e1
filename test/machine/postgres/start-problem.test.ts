import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { startProblem } from "../../../src/machine/postgres/start-problem.ts";

const folder = tmpdir();
const line = (state: string, says: string): string => `2026-01-01 00:00:00.000 UTC [7] ${state} ${says}\n`;

test("names the port that is taken", () => {
  expect(startProblem({ folder, log: "", portTaken: 5432 }).problems).toEqual([
    {
      code: "POSTGRES_PORT_TAKEN",
      at: "postgres",
      says: "port 5432 of 127.0.0.1 is taken",
      hint: "stop what listens there (`ss -ltnp sport = 5432`) or choose another port",
    },
  ]);
});

test.each([
  ["53100", "POSTGRES_DISK_FULL"],
  ["F0001", "POSTGRES_FOLDER_IN_USE"],
  ["XX001", "POSTGRES_DATA_BROKEN"],
])("reads SQLSTATE %s in the log as %s", (state, code) => {
  const log = line("00000", "LOG:  starting") + line(state, "FATAL:  whatever the language says");

  expect(startProblem({ folder, log, portTaken: undefined }).problems[0]?.code).toBe(code);
});

test("shows the last six lines of the log", () => {
  const log = Array.from({ length: 9 }, (_, index) => line("XX001", `LOG:  ${index}`)).join("");

  const says = startProblem({ folder, log, portTaken: undefined }).problems[0]?.says ?? "";

  expect(says.split("\n").map((text) => text.slice(-1))).toEqual([":", "3", "4", "5", "6", "7", "8"]);
});
