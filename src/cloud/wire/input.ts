import { AwsError } from "./aws-error.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * The input of an operation, read field by field. What is missing or of another type is answered with the service's
 * own error code. In the Query protocol every value arrives as text, so numbers and flags are read from text as well.
 */
export class Input {
  readonly fields: Fields;
  readonly #code: string;

  constructor(fields: Fields, invalidInput: string) {
    this.fields = fields;
    this.#code = invalidInput;
  }

  has(name: string): boolean {
    return this.fields[name] !== undefined && this.fields[name] !== null;
  }

  text(name: string): string {
    const value = this.optionalText(name);
    if (value === undefined || value === "") throw this.invalid(`${name} must not be empty.`);
    return value;
  }

  optionalText(name: string): string | undefined {
    if (!this.has(name)) return undefined;
    const value = this.fields[name];
    if (typeof value !== "string") throw this.invalid(`${name} must be a string.`);
    return value;
  }

  whole(name: string): number {
    const value = this.optionalWhole(name);
    if (value === undefined) throw this.invalid(`${name} must be given.`);
    return value;
  }

  optionalWhole(name: string): number | undefined {
    if (!this.has(name)) return undefined;
    const value = this.fields[name];
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof number !== "number" || !Number.isInteger(number))
      throw this.invalid(`${name} must be a whole number.`);
    return number;
  }

  flag(name: string, otherwise: boolean): boolean {
    if (!this.has(name)) return otherwise;
    const value = this.fields[name];
    if (value === true || value === "true") return true;
    if (value === false || value === "false") return false;
    throw this.invalid(`${name} must be true or false.`);
  }

  /** One of a few words. */
  word<W extends string>(name: string, allowed: readonly W[], otherwise: W): W {
    const value = this.optionalText(name);
    if (value === undefined) return otherwise;
    const word = allowed.find((one) => one === value);
    if (word === undefined) throw this.invalid(`${name} must be one of ${allowed.join(", ")}, got ${value}.`);
    return word;
  }

  texts(name: string): string[] {
    return this.#list(name).map((value) => {
      if (typeof value !== "string") throw this.invalid(`${name} must be a list of strings.`);
      return value;
    });
  }

  inputs(name: string): Input[] {
    return this.#list(name).map((value) => this.#nested(name, value));
  }

  optionalInput(name: string): Input | undefined {
    return this.has(name) ? this.#nested(name, this.fields[name]) : undefined;
  }

  invalid(message: string): AwsError {
    return new AwsError(this.#code, message);
  }

  #list(name: string): unknown[] {
    if (!this.has(name)) return [];
    const value = this.fields[name];
    // An empty list has no members in the Query protocol and arrives as an empty text.
    if (value === "") return [];
    if (!Array.isArray(value)) throw this.invalid(`${name} must be a list.`);
    return value;
  }

  #nested(name: string, value: unknown): Input {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw this.invalid(`${name} must be a structure.`);
    }
    return new Input(value as Fields, this.#code);
  }
}
