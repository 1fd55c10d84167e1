import { challengeOf } from "../acts/challenge.ts";
import { personOf } from "../acts/person-of.ts";
import type { Problem } from "../errors.ts";
import type { Migration } from "./types.ts";
import type { Waiver, WaiverSignature } from "./waiver.ts";
import { WAIVERS_FILE } from "./waiver.ts";
import type { WaiverDemand, WaiverRules } from "./waiver-rules.ts";
import { waiverStatement } from "./waiver-statement.ts";

/** A waiver, and why it does not count. */
export interface JudgedWaiver {
  readonly waiver: Waiver;
  readonly fault: Problem | undefined;
}

/**
 * Which waivers count. A signature that is there is checked even where none is asked for. Without rules only the last day
 * counts.
 *
 * @param today `YYYY-MM-DD`
 */
export function judgeWaivers(
  waivers: readonly Waiver[],
  migrations: readonly Migration[],
  today: string,
  rules: WaiverDemand | undefined,
): readonly JudgedWaiver[] {
  if (rules === "unasked") return waivers.map((waiver) => ({ waiver, fault: undefined }));
  return waivers.map((waiver) => {
    const migration = migrations.find(({ up, down }) => up.file === waiver.at || down.file === waiver.at);
    return {
      waiver,
      fault: expiredFault(waiver, today) ?? (rules && signingFault(waiver, migration, rules)),
    };
  });
}

function expiredFault(waiver: Waiver, today: string): Problem | undefined {
  if (waiver.expires >= today) return undefined;
  const hint = "mend the migration, or let its owner decide again and give it a new day";
  return fault("WAIVER_EXPIRED", `${called(waiver)} ended on ${waiver.expires}`, hint);
}

function signingFault(
  waiver: Waiver,
  migration: Migration | undefined,
  rules: WaiverRules,
): Problem | undefined {
  const { signed } = waiver;
  if (signed !== undefined) return signatureFault(waiver, signed, migration, rules);
  if (rules.demand === "noted") return undefined;
  return fault(
    "WAIVER_UNSIGNED",
    `${called(waiver)} is not signed, and ${rules.where} asks for that`,
    again(waiver),
  );
}

function signatureFault(
  waiver: Waiver,
  signed: WaiverSignature,
  migration: Migration | undefined,
  { app, people, holders, where, tools }: WaiverRules,
): Problem | undefined {
  const { at, owner } = waiver;
  const challenge = challengeOf(waiverStatement(app, waiver, signed), tools.canonicalize);
  if (!tools.verify(signed.publicKey, challenge, signed.signature)) {
    const hint =
      "find out who changed a word of it; then its owner signs what is true, with slipway migrate waive";
    return fault("WAIVER_FORGED", `${called(waiver)} is not what its key signed for ${app}`, hint);
  }
  if (migration === undefined || !isFor(signed, migration)) {
    const says = `${called(waiver)} is for other texts: the migration of ${at} was changed after it was signed`;
    return fault("WAIVER_TEXT_CHANGED", says, `look at the change, then sign again: ${commandOf(waiver)}`);
  }

  const identity = `local:${tools.keyHash(signed.publicKey)}`;
  const signer = personOf(people, identity);
  if (signer !== owner || !Object.hasOwn(people, signer)) {
    const whose = signer === identity ? `${identity}, which is nobody's in the config` : signer;
    const says = `${called(waiver)} is signed by ${whose}`;
    return fault("WAIVER_STRANGER", says, `let ${owner} sign it: ${commandOf(waiver)}`);
  }
  if (holders === undefined || holders.people.includes(owner)) return undefined;
  const says = `${called(waiver)} is signed by somebody without a role that ${where} asks for: ${holders.roles.join(", ")}`;
  const who = holders.people.join(", ") || "nobody has one; see roles in the config";
  return fault("WAIVER_NOT_ENTITLED", says, `let one of them sign it: ${who}`);
}

/** Whether a signature was made for these very texts. */
function isFor(signed: WaiverSignature, { up, down, renderedSha256 }: Migration): boolean {
  return (
    signed.upSha256 === up.sha256 &&
    signed.downSha256 === down.sha256 &&
    signed.renderedSha256 === renderedSha256
  );
}

function called({ rule, at, owner }: Waiver): string {
  return `the waiver of ${rule} for ${at} by ${owner}`;
}

function again(waiver: Waiver): string {
  return `let somebody who may sign it: ${commandOf(waiver)}`;
}

function commandOf({ rule, at }: Waiver): string {
  const plan = rule === "MIGRATION_DOWN_MISSING" ? " --restore-plan=…" : "";
  return `slipway migrate waive --rule=${rule} --at=${at} --reason=… --expires=…${plan}`;
}

function fault(code: string, says: string, hint: string): Problem {
  return { code, at: WAIVERS_FILE, says, hint };
}
