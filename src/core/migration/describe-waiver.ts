import { printable } from "../printable.ts";
import type { Waiver } from "./waiver.ts";
import type { WaivedTexts } from "./waiver-statement.ts";

/** What was let through, as the report of a lint or a rehearsal tells it. */
export function describeWaived({ rule, at, owner, expires, reason, signed }: Waiver): string {
  return `waived ${rule} for ${at} by ${owner} until ${expires}${signed === undefined ? ", not signed" : ""}: ${reason}`;
}

/** A waiver with the texts that it is for, complete, for the eyes of whoever signs. */
export function describeWaiving(app: string, waiver: Waiver, texts: WaivedTexts): string {
  const { rule, at, owner, reason, expires, restorePlan } = waiver;
  const rows = [
    ["app", app],
    ["rule", rule],
    ["at", at],
    ["owner", owner],
    ["reason", reason],
    ["until", expires],
    ["restore plan", restorePlan ?? "none; the down is there"],
    ["up", texts.upSha256],
    ["down", texts.downSha256],
    ["rendered", texts.renderedSha256],
  ];
  return rows.map(([name = "", value = ""]) => `  ${name.padEnd(12)} ${printable(value)}`).join("\n");
}
