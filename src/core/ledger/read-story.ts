import { isObject } from "./is-object.ts";

/** A signature as it is shown to people (21 CFR 11.50): printed name, time and meaning. */
export interface Signature {
  readonly approvalId: string;
  readonly printedName: string;
  /** The database's time, RFC 3339, UTC. */
  readonly at: string;
  readonly meaning: string;
  readonly role: string;
  readonly reason: string;
  /** Who the identity provider said it was. */
  readonly subject: string;
}

/** What a record's text tells. Text that is none of a record tells nothing. */
export interface Story {
  readonly seq: number;
  readonly at: string;
  readonly app: string;
  readonly env: string;
  readonly deploymentId: string;
  readonly actor: string;
  readonly step: string;
  readonly phase: string;
  readonly outcome: string;
  /** The facts, in JSON. */
  readonly data: string;
  readonly changes: readonly Readonly<Record<string, unknown>>[];
  readonly signatures: readonly Signature[];
}

/** Reads a record's text; `undefined` when it is no record. */
export function readStory(record: string): Story | undefined {
  let value: unknown;
  try {
    value = JSON.parse(record);
  } catch {
    return undefined;
  }
  if (!isObject(value) || !isObject(value["entry"])) return undefined;
  const { entry } = value;
  const changes = Array.isArray(value["changes"]) ? value["changes"].filter(isObject) : [];
  const at = textOf(value, "at");
  return {
    seq: typeof value["seq"] === "number" ? value["seq"] : 0,
    at,
    app: textOf(entry, "app"),
    env: textOf(entry, "env"),
    deploymentId: textOf(entry, "deploymentId"),
    actor: textOf(entry, "actor"),
    step: textOf(entry, "step"),
    phase: textOf(entry, "phase"),
    outcome: textOf(entry, "outcome"),
    data: JSON.stringify(entry["data"] ?? {}),
    changes,
    signatures: changes.flatMap((change) => signatureOf(change, at)),
  };
}

function signatureOf(change: Readonly<Record<string, unknown>>, at: string): Signature[] {
  const approval = change["approval"];
  if (change["kind"] !== "approve" || !isObject(approval)) return [];
  const identity = isObject(approval["identity"]) ? approval["identity"] : {};
  return [
    {
      approvalId: textOf(approval, "id"),
      printedName: textOf(approval, "printedName"),
      at,
      meaning: textOf(approval, "meaning"),
      role: textOf(approval, "role"),
      reason: textOf(approval, "reason"),
      subject: textOf(identity, "subject"),
    },
  ];
}

/** Ids of the approvals that a deployment used up with this record. */
export function consumedApprovals({ changes }: Story): readonly string[] {
  return changes.flatMap((change) =>
    change["kind"] === "consume" && Array.isArray(change["approvals"])
      ? change["approvals"].filter((id) => typeof id === "string")
      : [],
  );
}

function textOf(fields: Readonly<Record<string, unknown>>, name: string): string {
  const found = fields[name];
  return typeof found === "string" ? found : "";
}
