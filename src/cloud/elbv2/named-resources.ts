import { AwsError } from "../wire/aws-error.ts";
import type { Input } from "../wire/input.ts";

interface Named {
  readonly arn: string;
  readonly name: string;
}

/** What tells one kind of named resource from another. */
export interface NamedKind<R extends Named> {
  /** As AWS writes it in an error's code, such as `TargetGroup`. */
  readonly code: string;
  /** As AWS writes it in an error's message, such as `target group`. */
  readonly noun: string;
  readonly pattern: RegExp;
  readonly all: () => R[];
  /** Throws the kind's error when there is none. */
  readonly byArn: (arn: string) => R;
  readonly noSuchName: (name: string) => string;
}

/** What load balancers and target groups share: a name that is theirs alone, and being found by name or ARN. */
export class NamedResources<R extends Named> {
  readonly #kind: NamedKind<R>;

  constructor(kind: NamedKind<R>) {
    this.#kind = kind;
  }

  /** The name of one that is to be created. Throws ValidationError. */
  readName(input: Input): string {
    const { noun, pattern } = this.#kind;
    const name = input.text("Name");
    if (pattern.test(name)) return name;
    const says = `The ${noun} name '${name}' must be at most 32 letters, digits and dashes, without a dash at either end`;
    throw new AwsError("ValidationError", says);
  }

  /** As on AWS, the same call again answers what is there; one that differs is refused as `Duplicate…Name`. */
  createOnce(name: string, isSame: (existing: R) => boolean, create: () => R): R {
    const { code, noun } = this.#kind;
    const existing = this.#find(name);
    if (existing === undefined) return create();
    if (isSame(existing)) return existing;
    const says = `A ${noun} with the same name '${name}' exists, but with different settings`;
    throw new AwsError(`Duplicate${code}Name`, says);
  }

  /** Those that are asked for by ARN and by name, in this order; all when neither is given. */
  list(arns: readonly string[], names: readonly string[]): R[] {
    if (arns.length + names.length === 0) return this.#kind.all();
    const byName = names.map((name) => this.#byName(name));
    return [...arns.map(this.#kind.byArn), ...byName];
  }

  #byName(name: string): R {
    const found = this.#find(name);
    if (found !== undefined) return found;
    throw new AwsError(`${this.#kind.code}NotFound`, this.#kind.noSuchName(name));
  }

  #find(name: string): R | undefined {
    return this.#kind.all().find((one) => one.name === name);
  }
}
