import { OWN_FLAGS, type OwnFlag } from "./own-flags.ts";

/** A flag as it was typed. `value` is undefined when there was none. */
export interface TypedFlag {
  readonly name: string;
  readonly value: string | undefined;
}

export interface TypedLevel {
  readonly flags: readonly TypedFlag[];
  readonly own: readonly { readonly flag: OwnFlag; readonly value: string | undefined }[];
  /** The word after the flags: the next function. */
  readonly next: string | undefined;
  readonly rest: readonly string[];
}

/**
 * Reads flags up to the next function's name. `takesValue` says of a function's flag whether the following word is its
 * value; it is asked for the flags that are not `call`'s own or that the function has too.
 */
export function readFlags(
  words: readonly string[],
  takesValue: (name: string) => boolean | undefined,
): TypedLevel {
  const flags: TypedFlag[] = [];
  const own: { flag: OwnFlag; value: string | undefined }[] = [];
  let at = 0;

  for (; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (!word.startsWith("-") || word === "-") break;
    const { name, short, inline } = takeApart(word);
    const functions = short ? undefined : takesValue(name);
    const ours =
      functions === undefined
        ? OWN_FLAGS.find((flag) => (short ? flag.short : flag.name) === name)
        : undefined;

    const wantsValue = ours === undefined ? functions === true : ours.value !== undefined;
    const value = inline ?? (wantsValue ? words[++at] : undefined);
    if (ours !== undefined) own.push({ flag: ours, value });
    else flags.push({ name: short ? word : name, value });
  }
  return { flags, own, next: words[at], rest: words.slice(at + 1) };
}

function takeApart(word: string): { name: string; short: boolean; inline: string | undefined } {
  if (!word.startsWith("--")) {
    const inline = word.slice(2).replace(/^=/, "");
    return { name: word.slice(1, 2), short: true, inline: inline === "" ? undefined : inline };
  }
  const equals = word.indexOf("=");
  if (equals === -1) return { name: word.slice(2), short: false, inline: undefined };
  return { name: word.slice(2, equals), short: false, inline: word.slice(equals + 1) };
}
