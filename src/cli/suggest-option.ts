import type { Command } from "commander";
import { didYouMean } from "../core/did-you-mean.ts";

/** Commander suggests for `--evn local`, not for `--evn=local`; this adds what it leaves out. */
export function withSuggestion(text: string, program: Command): string {
  const [, flag] = /unknown option '(--[^=']+)=/.exec(text) ?? [];
  if (flag === undefined || text.includes("Did you mean")) return text;

  const known = [program, ...program.commands].flatMap(({ options }) =>
    options.map(({ long }) => long ?? ""),
  );
  const meant = didYouMean(flag, known);
  return meant === undefined ? text : `${text.trimEnd()}\n(Did you mean ${meant}?)\n`;
}
