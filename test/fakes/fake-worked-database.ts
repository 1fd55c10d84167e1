import { createHash } from "node:crypto";
import { SlipwayError } from "../../src/core/errors.ts";
import { Secret } from "../../src/core/secret.ts";
import type { CarriedFolder } from "../../src/core/worker/calls.ts";
import type { SeedFile } from "../../src/core/seed/types.ts";
import type { ProbeRowSecurity } from "../../src/ports/row-security.ts";
import type { Unpacked, WorkedDatabase } from "../../src/ports/worked-database.ts";
import type { FakeSeeds } from "./fake-seeds.ts";
import type { World } from "./world.ts";

/** What a worker opens, in memory; fake-worked-database.md says how it behaves. */
export class FakeWorkedDatabase implements WorkedDatabase {
  /** Runs whose sessions were ended. */
  readonly settled: string[] = [];
  /** A test plants what is found. */
  rowSecurity: ProbeRowSecurity = async () => {
    throw new Error("the fake database cannot be probed");
  };
  readonly #world: World;
  readonly #seeds: FakeSeeds;

  constructor(world: World, seeds: FakeSeeds) {
    this.#world = world;
    this.#seeds = seeds;
  }

  async unpack({ files }: CarriedFolder): Promise<Unpacked> {
    for (const { file, base64, sha256 } of files) {
      const found = createHash("sha256").update(Buffer.from(base64, "base64")).digest("hex");
      if (found !== sha256) throw differs(file);
    }
    const seeds = files.filter((one) => one.in === "seeds");
    return {
      folder: "migrations",
      seeds: seeds.map(({ file, base64, sha256 }) => ({
        file,
        sql: new TextDecoder().decode(Buffer.from(base64, "base64")),
        sha256,
      })),
    };
  }

  async migrations() {
    return this.#world.migrations;
  }

  async inspection() {
    return this.#world.inspection;
  }

  async seeds(files: readonly SeedFile[]) {
    return this.#seeds.open({ url: new Secret("database-url", "postgres://worker"), files });
  }

  async settle(run: string): Promise<void> {
    this.settled.push(run);
  }

  async close(): Promise<void> {
    // Nothing was written.
  }
}

function differs(file: string): SlipwayError {
  return new SlipwayError(
    { code: "WORKER_TEXTS_DIFFER", at: file, says: "the checksums differ", hint: "" },
    "verifyFailed",
  );
}
