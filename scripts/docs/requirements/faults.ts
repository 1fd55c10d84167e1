import type { TestTitle } from "../test-titles.ts";
import type { Requirement } from "./requirement.ts";

/** Where no test of ours can answer, and why has to be said. */
const MAY_BE_YOURS = ["21 CFR 11.200"];

/** What is missing or wrong in the table, one sentence each. `titlesOf` answers nothing for a file that is not there. */
export function tableFaults(
  requirements: readonly Requirement[],
  clauses: readonly string[],
  titlesOf: (file: string) => readonly TestTitle[] | undefined,
): readonly string[] {
  const found = requirements.map(({ clause }) => clause);
  return [
    ...clauses.filter((clause) => !found.includes(clause)).map((clause) => `${clause} is missing`),
    ...found
      .filter((clause, at) => !clauses.includes(clause) || found.indexOf(clause) !== at)
      .map((clause) => `${clause} is not asked for, or stands there twice`),
    ...requirements.flatMap((requirement) => faultsOf(requirement, titlesOf)),
  ];
}

function faultsOf(
  { clause, tests, evidence, asks, slipway, yours, onlyYours }: Requirement,
  titlesOf: (file: string) => readonly TestTitle[] | undefined,
): string[] {
  const faults: string[] = [];
  let always = 0;
  for (const [file, names] of Object.entries(tests)) {
    const titles = titlesOf(file);
    for (const name of names) {
      const test = titles?.find(({ title }) => title === name);
      if (test === undefined) faults.push(`${clause}: there is no test "${name}" in ${file}`);
      else if (test.runs === "skipped") faults.push(`${clause}: the test "${name}" in ${file} is skipped`);
      else if (test.runs === "always") always++;
    }
  }
  if (always === 0 && onlyYours === undefined) faults.push(`${clause} has no test that always runs`);
  if (onlyYours !== undefined && !MAY_BE_YOURS.includes(clause))
    faults.push(`${clause} may not be left to the user`);
  if (evidence.length === 0) faults.push(`${clause} leaves no evidence`);
  if ([asks, slipway, yours].includes("") || onlyYours === "")
    faults.push(`${clause} leaves something unsaid`);
  return faults;
}
