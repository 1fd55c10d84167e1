import { StringDecoder } from "node:string_decoder";
import type { Scrubber } from "../secrets/scrubber.ts";

/** Characters; a longer line is handed on in pieces. */
const LONGEST_LINE = 64 * 1024;

export type Stream = "stdout" | "stderr";

export interface OutputOptions {
  readonly scrubber: () => Scrubber;
  readonly onLine: (line: string, stream: Stream) => void;
  /** Bytes of both streams together that are kept; called once when there are more. */
  readonly limit: number;
  readonly onOverflow: () => void;
}

/** Collects what a process writes, scrubbed, and hands it on line by line. */
export class Output {
  readonly #options: OutputOptions;
  readonly #streams: Record<
    Stream,
    { scrubber: Scrubber; kept: Buffer[]; line: string; decoder: StringDecoder }
  >;
  readonly #combined: Buffer[] = [];
  #size = 0;

  constructor(options: OutputOptions) {
    this.#options = options;
    const stream = () => ({ scrubber: options.scrubber(), kept: [], line: "", decoder: new StringDecoder() });
    this.#streams = { stdout: stream(), stderr: stream() };
  }

  write(chunk: Uint8Array, name: Stream): void {
    this.#add(this.#streams[name].scrubber.push(chunk), name);
  }

  /** Shows what was held back. Call it when the process has ended. */
  end(): void {
    for (const name of ["stdout", "stderr"] as const) {
      this.#add(this.#streams[name].scrubber.end(), name);
      const { line } = this.#streams[name];
      if (line !== "") this.#options.onLine(line, name);
      this.#streams[name].line = "";
    }
  }

  bytes(name: Stream): Buffer {
    return Buffer.concat(this.#streams[name].kept);
  }

  combined(): string {
    return Buffer.concat(this.#combined).toString();
  }

  #add(chunk: Buffer, name: Stream): void {
    if (chunk.length === 0) return;
    this.#size += chunk.length;
    if (this.#size > this.#options.limit) return this.#options.onOverflow();

    const stream = this.#streams[name];
    stream.kept.push(chunk);
    this.#combined.push(chunk);
    // Only what is new is searched: a line may grow over many chunks.
    const [rest = "", ...lines] = stream.decoder.write(chunk).split("\n");
    stream.line += rest;
    for (const next of lines) {
      this.#options.onLine(stream.line.replace(/\r$/, ""), name);
      stream.line = next;
    }
    for (; stream.line.length > LONGEST_LINE; stream.line = stream.line.slice(LONGEST_LINE)) {
      this.#options.onLine(stream.line.slice(0, LONGEST_LINE), name);
    }
  }
}
