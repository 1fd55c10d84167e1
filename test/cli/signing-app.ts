import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WrittenConfig } from "../../src/core/config/schema.ts";
import type { Plan } from "../../src/core/plan/types.ts";
import { aWrittenConfig } from "../builders/a-config.ts";
import { slipway, type Ran } from "./slipway.ts";

/** An app whose local environment asks for approvals, with people who have keys on this machine. */
export class SigningApp implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "slipway signing "));
  readonly identities: Record<string, string[]> = {};
  readonly #ledgerUrl: string;

  constructor(ledgerUrl: string) {
    this.#ledgerUrl = ledgerUrl;
  }

  /** Makes a key for each of them and writes the config that knows them. */
  async people(...people: readonly string[]): Promise<void> {
    for (const person of people) {
      const made = await this.run("keys", "create", `--person=${person}`);
      if (made.code !== 0) throw new Error(made.stderr);
      this.identities[person] = [made.stdout.trim()];
    }
    this.writeConfig();
  }

  writeConfig(changes: Partial<WrittenConfig> = {}): void {
    const written = aWrittenConfig();
    const approvals = { roles: { "qa-lead": 1, "tech-lead": 1 } };
    const people = Object.entries(this.identities).map(([key, identities]) => [
      key,
      { name: key.toUpperCase(), identities },
    ]);
    const config: WrittenConfig = {
      ...written,
      environments: { local: { ...written.environments["local"], cloud: "local", approvals } },
      people: Object.fromEntries(people) as NonNullable<WrittenConfig["people"]>,
      roles: { "qa-lead": ["person-a", "person-b"], "tech-lead": ["person-b"] },
      ...changes,
    };
    writeFileSync(join(this.folder, "slipway.config.json"), JSON.stringify(config));
  }

  /** Writes a plan and answers its path. */
  plan(plan: Plan): string {
    const path = join(this.folder, "plan.json");
    writeFileSync(path, JSON.stringify(plan));
    return path;
  }

  run(...words: readonly string[]): Promise<Ran> {
    return this.runWith({}, ...words);
  }

  runWith(env: NodeJS.ProcessEnv, ...words: readonly string[]): Promise<Ran> {
    const surroundings = {
      PATH: process.env["PATH"],
      HOME: this.folder,
      SLIPWAY_HOME: join(this.folder, "state"),
      SLIPWAY_LEDGER_URL: this.#ledgerUrl,
      ...env,
    };
    return slipway(words, surroundings, this.folder);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
