// A call, read and found right: what the child process is given, as JSON.

export type Value =
  /** Left out: the function's own default holds. */
  | { readonly kind: "absent" }
  | { readonly kind: "plain"; readonly value: unknown }
  | { readonly kind: "list"; readonly items: readonly Value[] }
  | { readonly kind: "directory"; readonly path: string; readonly exclude: readonly string[] }
  | {
      readonly kind: "git directory";
      readonly url: string;
      readonly ref: string;
      readonly path: string;
      readonly exclude: readonly string[];
    }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "secret"; readonly uri: string }
  | { readonly kind: "service"; readonly host: string; readonly port: number }
  | { readonly kind: "container"; readonly address: string };

/** One function of the chain. */
export interface Step {
  readonly name: string;
  readonly positional: readonly Value[];
  readonly options: Readonly<Record<string, Value>>;
}

export interface Plan {
  readonly construct: readonly Value[];
  readonly steps: readonly [Step, ...Step[]];
  /** The object type at the end of the chain, or `undefined` when the chain ends in a value. */
  readonly endsIn: string | undefined;
  /** Where to write what the chain ends in, absolute. */
  readonly output: string | undefined;
}
