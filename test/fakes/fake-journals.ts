import { CHAIN_START, linkAfter, writeLine, type ChainLink } from "../../src/core/emergency/journal-chain.ts";
import { chainTools } from "../../src/adapters/local/emergency-journal.ts";
import { SlipwayError } from "../../src/core/errors.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { EmergencyJournal, EmergencyJournals } from "../../src/ports/emergency-journals.ts";
import type { JournalEntry, StateChange } from "../../src/ports/journal.ts";
import type { Signer } from "../../src/ports/signer.ts";

/** The journals of emergencies, in memory: the same lines, without the disk. */
export class FakeJournals implements EmergencyJournals {
  /** The text of the newest journal. */
  text = "";
  /** Name → what the anchor keeps. */
  readonly kept = new Map<string, string>();
  anchorAnswers = true;
  /** From this record on the disk is full. */
  fullFrom = Infinity;
  onAppend: (entry: JournalEntry) => void = () => undefined;
  readonly #clock: Clock;
  readonly #signer: Signer;

  constructor(clock: Clock, signer: Signer) {
    this.#clock = clock;
    this.#signer = signer;
  }

  begin(env: string): EmergencyJournal {
    let last: ChainLink = CHAIN_START;
    this.text = "";
    return {
      file: `/emergency/${env}.journal`,
      append: async (entry: JournalEntry, changes: readonly StateChange[] = []) => {
        if (last.seq + 1 >= this.fullFrom) throw full();
        const at = new Date(this.#clock.now()).toISOString();
        const { link, record, signed } = linkAfter(last, { at, changes, entry: { ...entry } }, chainTools);
        this.text += writeLine(record, link, await this.#signer.sign(signed), chainTools);
        last = link;
        this.onAppend(entry);
        return { ...entry, seq: link.seq, at };
      },
      keep: async (name) => {
        if (!this.anchorAnswers) return { places: [], missing: ["memory: does not answer"] };
        this.kept.set(name, this.text);
        return { places: ["memory"], missing: [] };
      },
    };
  }
}

function full(): SlipwayError {
  const problem = {
    code: "EMERGENCY_JOURNAL_UNWRITABLE",
    at: "/emergency",
    says: "cannot be written: ENOSPC",
    hint: "",
  };
  return new SlipwayError(problem, "verifyFailed");
}
