import { generateKeyPairSync } from "node:crypto";
import { ledgerTools } from "../../src/adapters/postgres/ledger-hash.ts";
import { noteTools } from "../../src/adapters/local/note-tools.ts";
import { openSigningKey } from "../../src/adapters/local/signing-key.ts";
import {
  emergencyRollback,
  type EmergencyReport,
  type EmergencyRequest,
} from "../../src/actions/emergency-rollback.ts";
import { mergeJournal, type MergeReport } from "../../src/actions/merge-journal.ts";
import { readChain } from "../../src/core/emergency/journal-chain.ts";
import { readStoryOf, type JournalStory } from "../../src/core/emergency/journal-story.ts";
import type { EmergencyStatement } from "../../src/core/emergency/second-person.ts";
import type { Problem } from "../../src/core/errors.ts";
import { readVerifierKey } from "../../src/core/ledger/signed-note.ts";
import { aPersonKey, anEmergencyConfig, aStatement } from "../builders/an-emergency.ts";
import { environmentOf } from "../builders/a-config.ts";
import { FakeJournals } from "../fakes/fake-journals.ts";
import type { World } from "../fakes/world.ts";

const SIGNALS = { stop: new AbortController().signal, leave: new AbortController().signal };
const GONE: Problem = { code: "LEDGER_UNREACHABLE", at: "ledger", says: "nothing listens", hint: "" };

/** An environment whose ledger is gone, the people who may do something about it, and the ledger's key. */
export class Emergency {
  readonly keys = { a: aPersonKey(), b: aPersonKey(), c: aPersonKey() };
  readonly config = anEmergencyConfig(this.keys);
  gone: Problem | undefined = GONE;
  readonly world: World;
  readonly journals: FakeJournals;
  readonly #trusted;

  private constructor(world: World, signer: Awaited<ReturnType<typeof openSigningKey>>) {
    this.world = world;
    this.journals = new FakeJournals(world.clock, signer);
    this.#trusted = readVerifierKey(signer.verifierKey, noteTools);
  }

  static async of(world: World): Promise<Emergency> {
    const pem = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
    const signer = await openSigningKey({ pem, file: "", make: false }, "example.com/ledger");
    return new Emergency(world, signer);
  }

  sign(person: "a" | "b" | "c" = "b", changes: Partial<EmergencyStatement> = {}) {
    return this.keys[person].sign(aStatement(this.world.clock.now(), changes));
  }

  /** `slipway rollback --break-glass`; person-b has signed for version 1 unless told otherwise. */
  rollback(changes: Partial<EmergencyRequest> = {}): Promise<EmergencyReport> {
    const { config, journals } = this;
    const environment = environmentOf(config);
    const request = { config, environment, to: undefined, reason: "the app is down", duringRollout: false };
    const whyGone = async () => this.gone;
    const ports = { ...this.world.process().ports, journals, whyGone };
    return emergencyRollback({ ...request, second: this.sign(), ...changes }, ports, SIGNALS);
  }

  /** What the newest journal says. */
  story(text = this.journals.text): JournalStory {
    const keys = this.#trusted === undefined ? [] : [this.#trusted];
    const read = readChain(text, keys, { ...ledgerTools, ...noteTools });
    const story = read.kind === "intact" ? readStoryOf(read.records) : undefined;
    if (story === undefined) throw new Error(JSON.stringify(read));
    return story;
  }

  /** `slipway audit merge`. */
  merge(story = this.story(), log: string | undefined = "log-1"): Promise<MergeReport> {
    const { config } = this;
    const request = {
      config,
      environment: environmentOf(config),
      story,
      sha256: "0".repeat(64),
      torn: false,
    };
    return mergeJournal(request, log, this.world.process().ports, SIGNALS);
  }
}

/** What a call was refused with: its exit and its problems. */
export async function refusal(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    const { exit, problems } = error as { exit: string; problems: readonly Problem[] };
    return { exit, problems: problems.map(({ code, at, says }) => `${code} ${at}: ${says}`) };
  }
}
