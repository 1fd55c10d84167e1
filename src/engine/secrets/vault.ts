import { createHmac } from "node:crypto";
import { Secret } from "../../core/secret.ts";
import { optionalTextOf, textOf } from "../graph/arguments.ts";
import { Recipe } from "../graph/recipe.ts";
import { SharedWork } from "../graph/shared-work.ts";
import { patternsOf } from "./patterns.ts";
import { type ProviderSetting, readSecret } from "./providers.ts";
import { preparePatterns, Scrubber, scrubText, type Patterns } from "./scrubber.ts";

/** The session's secrets: the only place that knows plaintexts, and what removes them from all output. */
export class SecretVault {
  readonly #salt: Uint8Array;
  readonly #setting: Omit<ProviderSetting, "signal">;
  readonly #given = new Map<string, Secret>();
  readonly #read = new SharedWork<Secret>();
  readonly #known = new Set<string>();
  #patterns: Patterns = preparePatterns([]);

  /** The salt keeps hashes of plaintexts in cache keys from being guessed; it must stay the same for keys to match. */
  constructor(salt: Uint8Array, setting: Omit<ProviderSetting, "signal">) {
    this.#salt = salt;
    this.#setting = setting;
  }

  /** Takes a plaintext under a name and answers the recipe that stands for it; the recipe does not hold it. */
  give(name: string, plaintext: string): Recipe {
    const recipe = new Recipe("Secret", "Query.setSecret", undefined, { name, value: this.hash(plaintext) });
    this.#given.set(recipe.id, new Secret(name, plaintext));
    this.scrubAlso(plaintext);
    return recipe;
  }

  /** The plaintext of a secret. From now on it is scrubbed. */
  async reveal(recipe: Recipe, signal: AbortSignal): Promise<string> {
    const given = this.#given.get(recipe.id);
    if (given !== undefined) return given.reveal();

    const uri = textOf(recipe.args, "uri");
    const secret = await this.#read.run(recipe.id, signal, async (later) => {
      const plaintext = await readSecret(uri, { ...this.#setting, signal: later });
      this.scrubAlso(plaintext);
      return new Secret(uri, plaintext);
    });
    return secret.reveal();
  }

  /** What stands for the secret in cache keys: the `cacheKey` given with it, else a salted hash of its plaintext. */
  async keyOf(recipe: Recipe, signal: AbortSignal): Promise<string> {
    const cacheKey = optionalTextOf(recipe.args, "cacheKey");
    return cacheKey === undefined ? this.hash(await this.reveal(recipe, signal)) : `cacheKey ${cacheKey}`;
  }

  /** A salted hash. */
  hash(text: string): string {
    return createHmac("sha256", this.#salt).update(text).digest("base64url");
  }

  /** Scrubs a value that is not a Secret of the pipeline, such as a registry token of this machine. */
  scrubAlso(plaintext: string): void {
    if (this.#known.has(plaintext)) return;
    this.#known.add(plaintext);
    this.#patterns = preparePatterns([...this.#patterns.all, ...patternsOf(plaintext)]);
  }

  scrub(text: string): string {
    return scrubText(text, this.#patterns);
  }

  /** A scrubber for one output stream. */
  scrubber(): Scrubber {
    return new Scrubber(() => this.#patterns);
  }
}
