type Listener = (label: string, value: string) => void;
let told: Listener = () => undefined;

/** Calls the listener with each value that is taken out of its secret from now on. There is one listener. */
export function onReveal(listener: Listener): void {
  told = listener;
}

/** A value that prints as its name: in a template, in JSON and under `util.inspect`. `reveal()` is the only way out. */
export class Secret {
  readonly #value: string;
  readonly label: string;

  constructor(label: string, value: string) {
    this.label = label;
    this.#value = value;
  }

  reveal(): string {
    told(this.label, this.#value);
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
