import { challengeOf } from "../core/acts/challenge.ts";
import type { ProofTools } from "../core/acts/check-proof.ts";
import { freeTextProblems } from "../core/acts/free-text.ts";
import { provenPerson } from "../core/acts/person-of.ts";
import type { Config } from "../core/config/types.ts";
import { didYouMean } from "../core/did-you-mean.ts";
import type { Problem } from "../core/errors.ts";
import { judgeWaivers } from "../core/migration/judge-waivers.ts";
import type { Migration } from "../core/migration/types.ts";
import { waiverProblems, type Waiver } from "../core/migration/waiver.ts";
import { waiverRules } from "../core/migration/waiver-rules.ts";
import { waiverStatement, type WaivedTexts } from "../core/migration/waiver-statement.ts";
import type { PersonKey } from "../ports/person-key.ts";
import type { WaiverFile } from "../ports/waiver-file.ts";
import { refuseCall, type ActAnswer, type Refused } from "./record-act.ts";

export interface WaiveRequest {
  readonly config: Config;
  readonly waiver: Omit<Waiver, "owner" | "signed">;
  /** `YYYY-MM-DD`. */
  readonly today: string;
  /** Shown what is to be signed, before it is. */
  readonly show: (waiver: Waiver, texts: WaivedTexts) => void;
}

export interface WaivePorts {
  readonly waivers: WaiverFile;
  readonly key: PersonKey;
  readonly proofTools: ProofTools;
  /** `<letter>-<uuid>`, a new one each time. */
  readonly newId: (letter: string) => string;
}

/**
 * Writes a waiver with its owner's signature beside the migrations, when they may waive in every environment that asks for
 * a signature. It takes effect, and goes on record, with the deployment that relies on it. Throws `IDENTITY_…` (exit 11).
 */
export async function migrateWaive(
  { config, waiver: asked, today, show }: WaiveRequest,
  { waivers, key, proofTools, newId }: WaivePorts,
): Promise<ActAnswer<{ readonly waiver: Waiver }>> {
  const { migrations, problems } = await waivers.read();
  const malformed = [...problems, ...askedProblems(asked, today)];
  if (malformed.length > 0) return refuseCall(...malformed);
  const migration = migrations.find(({ up, down }) => up.file === asked.at || down.file === asked.at);
  if (migration === undefined) return refuseCall(noSuchFile(asked.at, migrations));

  const subject = await key.identity();
  const owner = provenPerson(config.people, { subject });
  if (owner === undefined) return mayNot(stranger(config, subject));
  const texts = {
    upSha256: migration.up.sha256,
    downSha256: migration.down.sha256,
    renderedSha256: migration.renderedSha256,
  };
  const { rule, at, reason, expires, restorePlan } = asked;
  const words = { rule, at, owner, reason, expires, ...(restorePlan !== undefined && { restorePlan }) };
  show(words, texts);

  const id = newId("w");
  const statement = waiverStatement(config.app, words, { id, ...texts });
  const { proof } = await key.prove(challengeOf(statement, proofTools.canonicalize));
  if (proof === undefined) throw new Error("a key answered without a signature");
  const waiver: Waiver = { ...words, signed: { id, ...texts, ...proof } };

  // Judged as the strictest environment will judge it, so that nobody signs in vain.
  const rules = waiverRules(config, undefined, proofTools);
  const [judged] = judgeWaivers([waiver], migrations, today, rules);
  if (judged?.fault !== undefined) return mayNot(judged.fault);
  await waivers.keep(waiver);
  return { kind: "done", waiver };
}

function askedProblems(asked: WaiveRequest["waiver"], today: string): Problem[] {
  const { reason, restorePlan, expires } = asked;
  const problems = [
    // The owner is found out later.
    ...waiverProblems({ ...asked, owner: "x" }, ""),
    ...freeTextProblems("--reason", reason),
    ...(restorePlan === undefined ? [] : freeTextProblems("--restore-plan", restorePlan)),
  ];
  if (problems.length > 0 || expires >= today) return problems;
  const hint = "give a day that is still to come, for example in three months";
  return [{ code: "WAIVER_EXPIRED", at: "--expires", says: `is ${expires}, and today is ${today}`, hint }];
}

function noSuchFile(at: string, migrations: readonly Migration[]): Problem {
  const files = migrations.flatMap(({ up, down }) => [up.file, down.file]);
  const meant = didYouMean(at, files);
  return {
    code: "WAIVER_NO_FILE",
    at: "--at",
    says: `names ${at}, which is no file of a migration${meant === undefined ? "" : `; did you mean "${meant}"?`}`,
    hint: "give the file's name without folder and line, as the problem names it",
  };
}

function stranger({ people }: Config, subject: string): Problem {
  return {
    code: "ACT_REFUSED",
    at: "people",
    says: `nobody has the identity ${subject}`,
    hint: `add "${subject}" to somebody's identities in the config (known: ${Object.keys(people).join(", ") || "nobody"})`,
  };
}

function mayNot(...problems: readonly Problem[]): Refused {
  return { kind: "refused", exit: "gateClosed", problems };
}
