import type { Chapter, Planted } from "../planted.ts";
import { LEAVES_A_SEQUENCE, UNREHEARSED, waivers } from "../small-app.ts";
import { DEMANDED_REHEARSALS, REHEARSED } from "./rehearsals.ts";

const RENDER = ["migrate", "plan", "--render"];

const noDown = { "migrations/0003_mail.down.sql": null };
const leave = {
  rule: "MIGRATION_DOWN_MISSING",
  at: "0003_mail.up.sql",
  owner: "the tech lead",
  reason: "the addresses cannot be made up again",
  expires: "2036-12-31",
  restorePlan: "restore the backup of the deployment beside the database",
};

const demanded: readonly Planted[] = [
  {
    mistake: "a migration without a down",
    argv: RENDER,
    exit: 11,
    codes: ["MIGRATION_DOWN_MISSING"],
    files: noDown,
  },
  {
    mistake: "a waiver whose day has passed",
    argv: RENDER,
    exit: 11,
    codes: ["MIGRATION_DOWN_MISSING", "WAIVER_EXPIRED"],
    files: { ...noDown, ...waivers({ ...leave, expires: "2026-01-31" }) },
  },
  {
    mistake: "a waiver of a missing down without a plan for restoring",
    argv: RENDER,
    exit: 11,
    codes: ["MIGRATION_DOWN_MISSING", "WAIVER_INVALID"],
    files: { ...noDown, ...waivers({ ...leave, restorePlan: undefined }) },
  },
  {
    mistake: "going down across a migration that has no down",
    argv: ["migrate", "down", "--env=local", "--count=1"],
    exit: 11,
    codes: ["MIGRATION_IRREVERSIBLE"],
    database: "empty",
    files: { ...noDown, ...waivers(leave) },
    prepare: async (stage) => stage.up(),
  },
  {
    mistake: "an unsigned waiver, in production",
    argv: ["migrate", "up", "--env=production"],
    exit: 11,
    codes: ["MIGRATION_DOWN_MISSING", "WAIVER_UNSIGNED"],
    database: "empty",
    files: { ...noDown, ...waivers(leave) },
    config: UNREHEARSED,
  },
  {
    mistake: "going down by a down that leaves something behind",
    argv: ["migrate", "down", "--env=local", "--count=1"],
    exit: 21,
    codes: ["MIGRATION_DOWN_DIFFERS", "SCHEMA_NOT_AS_IT_WAS"],
    files: LEAVES_A_SEQUENCE,
    prepare: async (stage) => stage.up(),
  },
  {
    mistake: "going down further than the history reaches",
    argv: ["migrate", "down", "--env=local", "--count=3"],
    exit: 11,
    codes: ["MIGRATION_COUNT"],
  },
  {
    mistake: "going down to a migration that did not run",
    argv: ["migrate", "down", "--env=local", "--to=0002"],
    exit: 11,
    codes: ["MIGRATION_NOT_APPLIED"],
  },
];

/** Every migration has a way back or a waiver, and what goes to production has shown it. */
export const WAYS_BACK: Chapter = {
  promise: "Down required and proven",
  mistakes: [...demanded, ...REHEARSED, ...DEMANDED_REHEARSALS],
};
