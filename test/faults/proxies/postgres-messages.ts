/** What of the protocol a fault depends on. */
export type PostgresMessage =
  | { readonly kind: "statement"; readonly text: string }
  /** The server is ready for the next statement: what came before is done. */
  | { readonly kind: "ready" }
  | { readonly kind: "other" };

export type Verdict = "pass" | "swallow" | "cut";

const TYPE = { query: 0x51, parse: 0x50, ready: 0x5a } as const;
/** Of the first message, which has no type: what asks for encryption, which the server answers with one byte. */
const ASKS_FOR_ENCRYPTION = new Set([80877103, 80877104]);
const TEXT_KEPT = 120;

/** Cuts one direction of a connection into messages (PostgreSQL: "Message Formats") and asks what to do with each. */
export class MessageReader {
  readonly #side: "client" | "server";
  readonly #decide: (message: PostgresMessage) => Verdict;
  #rest = Buffer.alloc(0);
  #hasBegun: boolean;

  constructor(side: "client" | "server", decide: (message: PostgresMessage) => Verdict) {
    this.#side = side;
    this.#decide = decide;
    this.#hasBegun = side === "server";
  }

  /** The bytes that go on, and whether the connection is to be cut. */
  take(chunk: Buffer): { readonly bytes: Buffer; readonly isCut: boolean } {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const passed: Buffer[] = [];
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const verdict = this.#decide(next.message);
      if (verdict === "cut") return { bytes: Buffer.alloc(0), isCut: true };
      if (verdict === "pass") passed.push(next.bytes);
    }
    return { bytes: Buffer.concat(passed), isCut: false };
  }

  #next(): { message: PostgresMessage; bytes: Buffer } | undefined {
    // The single byte that answers the wish for encryption; `N`, for the servers of the harness have none.
    if (this.#side === "server" && this.#rest.length === 1 && this.#rest[0] === 0x4e)
      return this.#cut(1, OTHER);
    const headed = this.#hasBegun ? 1 : 0;
    if (this.#rest.length < headed + 4) return undefined;
    const length = headed + this.#rest.readUInt32BE(headed);
    if (this.#rest.length < length) return undefined;
    if (!this.#hasBegun) {
      this.#hasBegun = !(length === 8 && ASKS_FOR_ENCRYPTION.has(this.#rest.readUInt32BE(4)));
      return this.#cut(length, OTHER);
    }
    return this.#cut(length, this.#read(this.#rest.subarray(0, length)));
  }

  #read(bytes: Buffer): PostgresMessage {
    const type = bytes[0];
    if (this.#side === "server") return type === TYPE.ready ? { kind: "ready" } : OTHER;
    if (type === TYPE.query) return { kind: "statement", text: textAt(bytes, 5) };
    if (type !== TYPE.parse) return OTHER;
    return { kind: "statement", text: textAt(bytes, bytes.indexOf(0, 5) + 1) };
  }

  #cut(length: number, message: PostgresMessage): { message: PostgresMessage; bytes: Buffer } {
    const bytes = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return { message, bytes };
  }
}

const OTHER: PostgresMessage = { kind: "other" };

function textAt(bytes: Buffer, from: number): string {
  const end = bytes.indexOf(0, from);
  return bytes
    .toString("utf8", from, end < 0 ? bytes.length : end)
    .replace(/\s+/g, " ")
    .slice(0, TEXT_KEPT);
}
