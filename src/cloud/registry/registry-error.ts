/** An error in the registry protocol's own form. `code` is one of the distribution specification's. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  readonly status: number;
  readonly code: string;
  readonly detail: unknown;

  constructor(status: number, code: string, message: string, detail?: unknown) {
    super(message);
    this.status = status;
    this.code = code;
    this.detail = detail;
  }
}

export function digestInvalid(given: string, found: string): RegistryError {
  const says = `the content has the digest ${found}, not ${given}`;
  return new RegistryError(400, "DIGEST_INVALID", says, { given, found });
}
