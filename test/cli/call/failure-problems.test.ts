import { expect, test } from "vitest";
import { failureProblems, saysItAll } from "../../../src/cli/call/failure-problems.ts";

const call = { name: "check", functions: ["check", "unit"], app: "/home/me/shop" };
const failure = { name: "CheckFailed", message: "", stack: undefined };
const inTheBox = (verb: string, stdout: string) => ({
  ...failure,
  name: "ExecError",
  message: "slipway ended with exit code 2",
  cmd: ["node", "/slipway/bin/slipway.mjs", verb, "--json"],
  stdout,
});
const document = (...ats: string[]) =>
  JSON.stringify({ outcome: "failed", problems: ats.map((at) => ({ code: "C", at, says: "s", hint: "h" })) });

test("what the CLI told in its box is told one by one, with the app's own folder for the one in the box", () => {
  const problems = failureProblems(
    inTheBox("config", document("app", "/app", "/app/a.json", "/apple")),
    call,
  );

  expect(problems.map(({ at }) => at)).toEqual(["app", "/home/me/shop", "/home/me/shop/a.json", "/apple"]);
  expect(problems[0]).toEqual({ code: "C", at: "app", says: "s", hint: "h" });
});

test("output that is not the CLI's document leaves the sentence of the failure", () => {
  const says = "slipway ended with exit code 2";
  for (const stdout of ["", "not JSON", '{"problems":[1]}']) {
    expect(failureProblems(inTheBox("config", stdout), call)).toEqual([
      { code: "CALL_FAILED", at: "check", says, hint: "" },
    ]);
  }
});

test("only checks that can be called by their name are said to be", () => {
  const problems = failureProblems({ ...failure, message: "unit: ended\nmine: ended" }, call);

  expect(problems.map(({ says, hint }) => [says, hint])).toEqual([
    ["unit: ended", "`slipway call unit` runs it alone"],
    ["mine: ended", ""],
  ]);
  expect(failureProblems({ ...failure, message: "unit: ended" }, { ...call, name: "unit" })[0]?.hint).toBe(
    "",
  );
});

test("a refused config needs no output besides its problems; a failed deployment does", () => {
  expect(saysItAll(inTheBox("config", document("app")))).toBe(true);
  expect(saysItAll(inTheBox("config", "cut off"))).toBe(false);
  expect(saysItAll(inTheBox("deploy", document("app")))).toBe(false);
});
