import { FORGED } from "./payloads.ts";

// Control characters (but line feeds), bidirectional overrides, and what some terminals and viewers take for a new line.
const DANGEROUS = /(?!\n)[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** What is wrong with what was shown to people: terminal tricks, forged lines, commands to the CI. */
export function outputFaults(lines: readonly string[]): string[] {
  // A line that the product wrote as one, and what a viewer makes of it.
  const shown = lines.flatMap((line) => line.split("\n"));
  return [
    ...shown
      .filter((line) => DANGEROUS.test(line))
      .map((line) => `a control character is shown: ${JSON.stringify(line.slice(0, 120))}`),
    ...shown
      .filter((line) => line.trim() === FORGED)
      .map(() => "a forged line is shown as the product's own"),
    ...shown
      .filter((line) => line.startsWith("::"))
      .map((line) => `a command to the CI is shown: ${JSON.stringify(line.slice(0, 80))}`),
  ].slice(0, 1);
}
