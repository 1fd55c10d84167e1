/** An error as AWS answers it. `code` is what SDK clients match on. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** Members of the error's shape besides the message. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    options: { status?: number; members?: Record<string, unknown> } = {},
  ) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = options.status ?? 400;
    this.members = options.members ?? {};
  }
}
