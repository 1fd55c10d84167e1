import { z } from "zod";
import { matching, text, wholeNumber } from "./schema-parts.ts";

const fileAnchor = z.strictObject({
  kind: z.literal("file").describe("A folder, for practice"),
  folder: text("a folder"),
});

const s3Anchor = z.strictObject({
  kind: z.literal("s3").describe("A bucket with Object Lock"),
  // Amazon S3 user guide, "General purpose bucket naming rules".
  bucket: matching(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of a bucket"),
  prefix: matching(/^[^/\s][^\s]*$/, 'a prefix such as "slipway/"')
    .optional()
    .describe("What its keys begin with (default <app>/)"),
  region: matching(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as "eu-central-1"')
    .optional()
    .describe("Default us-east-1"),
});

/** Where the ledger's signed checkpoints are kept, and for how long. */
export const ledger = z.strictObject(
  {
    // A key name of a C2SP signed note has neither spaces nor plus signs.
    origin: matching(/^[^\s+]+$/, "a name without spaces and plus signs")
      .optional()
      .describe(
        "Names the ledger in its checkpoints, for example `example.com/slipway` (default slipway/<app>)",
      ),
    anchors: z
      .array(
        z.discriminatedUnion("kind", [fileAnchor, s3Anchor], {
          error: 'an object with kind: "file" or kind: "s3"',
        }),
        { error: "a list of anchors" },
      )
      .optional()
      .describe("Places outside of the ledger's database that keep its checkpoints; AWS needs an `s3` one"),
    retentionYears: wholeNumber(1, 100, " of years")
      .optional()
      .describe("Keep records for so long after they were last in effect (default 7)"),
  },
  { error: "an object" },
);
