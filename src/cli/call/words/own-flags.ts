/** A flag of `call` itself; it may stand anywhere among the words. */
export interface OwnFlag {
  readonly name: "engine" | "json" | "output" | "project" | "help";
  readonly short?: string;
  /** What stands for the value in help; a flag without one is on or off. */
  readonly value?: string;
  readonly description: string;
}

export const OWN_FLAGS: readonly OwnFlag[] = [
  {
    name: "engine",
    value: "dagger|embedded",
    description:
      "the engine to use (default: the session this runs in, else the dagger CLI if there is one, else embedded)",
  },
  { name: "project", value: "dir", description: "the app's folder (default: this one)" },
  { name: "output", short: "o", value: "path", description: "write the result to this path" },
  { name: "json", short: "j", description: "print the result as one JSON document" },
  { name: "help", short: "h", description: "print this help, or a function's" },
];
