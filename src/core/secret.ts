/** A value that prints as its name: in a template, in JSON and under `util.inspect`. `reveal()` is the only way out. */
export class Secret {
  readonly #value: string;
  readonly label: string;

  constructor(label: string, value: string) {
    this.label = label;
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return `<${this.label}>`;
  }

  toJSON(): string {
    return this.toString();
  }

  // The symbol that node:util's inspect looks for; named without importing node:util, which core may not.
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}
