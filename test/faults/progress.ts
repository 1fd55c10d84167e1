import type { CellReport } from "./report.ts";

/** One line a while on stderr: how far, how many passed, how long still; and at once whatever failed. */
export class Progress {
  readonly #total: number;
  readonly #write: (line: string) => void;
  readonly #began = performance.now();
  #ended = 0;
  #passed = 0;
  #saidAt = 0;

  constructor(total: number, write: (line: string) => void) {
    this.#total = total;
    this.#write = write;
  }

  end({ id, seed, result: { broken, missed } }: CellReport): void {
    this.#ended += 1;
    if (broken.length === 0 && missed === true) this.#write(`${id}: the run never came to this place`);
    else if (broken.length === 0) this.#passed += 1;
    else {
      const repeat = `npm run fault -- --only='${id}' --seed=${seed}`;
      this.#write([`FAILED ${id}, seed ${seed}`, ...broken, `repeat: ${repeat}`].join("\n  "));
    }
    const now = performance.now();
    if (now - this.#saidAt < SAY_MS && this.#ended < this.#total) return;
    this.#saidAt = now;
    const left = ((now - this.#began) / this.#ended) * (this.#total - this.#ended);
    this.#write(
      `${this.#ended} of ${this.#total} cells, ${this.#passed} passed, about ${Math.ceil(left / 1000)} s left`,
    );
  }
}

const SAY_MS = 5000;
