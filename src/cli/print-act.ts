import type { ActAnswer, Refused } from "../actions/record-act.ts";
import { EXIT_CODES } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import { problemText } from "../core/problem-text.ts";
import { exitWith } from "./exit.ts";
import { printErr, printOut } from "./out.ts";

/** Prints how an act ended: with `--json` one document, else `inWords`, each line of it made printable. */
export function printAct<Done extends object>(
  answer: ActAnswer<Done>,
  inWords: (done: Done) => readonly string[],
  json: boolean | undefined,
): void {
  if (answer.kind === "refused") {
    printRefusal(answer, json);
    return;
  }
  const { kind: _kind, ...done } = answer;
  print(json === true ? { outcome: "done", ...done, exitCode: EXIT_CODES.done.code } : inWords(answer));
}

function printRefusal({ exit, problems }: Refused, json: boolean | undefined): void {
  exitWith(exit);
  const texts = problems.map(({ code, at, says, hint }) =>
    problemText({ code, at: printable(at), says: printable(says), hint: printable(hint) }),
  );
  printErr(`slipway: refused; nothing was changed\n${texts.join("\n")}`);
  if (json === true) print({ outcome: "refused", problems, exitCode: EXIT_CODES[exit].code });
}

function print(answer: object | readonly string[]): void {
  const text = Array.isArray(answer)
    ? answer.map(String).map(printable).join("\n")
    : JSON.stringify(answer, null, 2);
  printOut(text, Array.isArray(answer) ? "text" : "json");
}
