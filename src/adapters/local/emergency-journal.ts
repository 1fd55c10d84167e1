import canonicalize from "canonicalize";
import { createHash, randomUUID } from "node:crypto";
import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  CHAIN_START,
  linkAfter,
  writeLine,
  type ChainLink,
  type ChainTools,
} from "../../core/emergency/journal-chain.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { Anchor } from "../../ports/anchor.ts";
import type { Clock } from "../../ports/clock.ts";
import type { EmergencyJournal, EmergencyJournals } from "../../ports/emergency-journals.ts";
import type { JournalEntry, JournalRecord, StateChange } from "../../ports/journal.ts";
import type { Signer } from "../../ports/signer.ts";

export interface JournalOptions {
  /** The folder of the journals. */
  readonly folder: string;
  readonly signer: Signer;
  readonly anchors: readonly Anchor[];
  readonly clock: Pick<Clock, "now">;
}

/** Hashing and canonical form as the journal and the ledger use them. */
export const chainTools: ChainTools = {
  canonicalize: (value) => canonicalize(value) ?? "",
  entryHash: (prevHash, record) =>
    createHash("sha256").update("\0").update(prevHash, "hex").update(record, "utf8").digest("hex"),
};

/** Journals as files of this machine, each line signed and flushed before what it announces is done. */
export function emergencyJournals(options: JournalOptions): EmergencyJournals {
  return {
    begin(env) {
      const time = new Date(options.clock.now()).toISOString().replace(/[-:]|\.\d+/g, "");
      return new FileJournal(
        join(options.folder, `${env}-${time}-${randomUUID().slice(0, 8)}.journal`),
        options,
      );
    },
  };
}

class FileJournal implements EmergencyJournal {
  readonly file: string;
  readonly #options: JournalOptions;
  #last: ChainLink = CHAIN_START;
  #text = "";

  constructor(file: string, options: JournalOptions) {
    this.file = file;
    this.#options = options;
  }

  async append(entry: JournalEntry, changes: readonly StateChange[] = []): Promise<JournalRecord> {
    const { signer, clock } = this.#options;
    const at = new Date(clock.now()).toISOString();
    const { link, record, signed } = linkAfter(this.#last, { at, changes, entry: { ...entry } }, chainTools);
    const line = writeLine(record, link, await signer.sign(signed), chainTools);
    try {
      await writeThrough(this.file, line, this.#text === "");
    } catch (error) {
      throw unwritable(this.file, error);
    }
    this.#text += line;
    this.#last = link;
    return { ...entry, seq: link.seq, at };
  }

  async keep(name: string, retainUntil: string) {
    const { anchors } = this.#options;
    const text = this.#text;
    const kept = await Promise.allSettled(
      anchors.map((anchor) => anchor.putDocument(name, text, retainUntil)),
    );
    const places = anchors.filter((_anchor, index) => kept[index]?.status === "fulfilled");
    const missing = kept.flatMap((end, index) =>
      end.status === "fulfilled" ? [] : [`${anchors[index]?.place ?? ""}: ${messageOf(end.reason)}`],
    );
    return { places: places.map(({ place }) => place), missing };
  }
}

async function writeThrough(file: string, line: string, isNew: boolean): Promise<void> {
  const folder = dirname(file);
  if (isNew) await mkdir(folder, { recursive: true, mode: 0o700 });
  await using handle = await open(file, isNew ? "ax" : "a", 0o600);
  await handle.writeFile(line);
  await handle.sync();
  if (!isNew) return;
  // Its name has to be on the disk too.
  await using directory = await open(folder, "r");
  await directory.sync();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function unwritable(file: string, error: unknown): SlipwayError {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  return new SlipwayError(
    {
      code: "EMERGENCY_JOURNAL_UNWRITABLE",
      at: file,
      says: `cannot be written: ${code}; nothing is done that is not written down first`,
      hint: "make room, or set SLIPWAY_HOME to a folder that can be written",
    },
    "verifyFailed",
    { cause: error },
  );
}
