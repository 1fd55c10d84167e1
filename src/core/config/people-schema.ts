import { z } from "zod";
import { matching, name, some, text } from "./schema-parts.ts";

const identity = matching(
  /^(github:([a-z0-9.-]+(:\d+)?\/)?\d+(@\d+)?|arn:aws[a-z-]*:(iam|sts)::\d{12}:\S+|local:[0-9a-f]{64}|git:\S+|aws:[A-Z0-9]+)$/,
  'an identity: "github:<account id>", an AWS ARN, "aws:<unique id>", "local:<SHA-256 of the public key>" or "git:<e-mail>"',
);

// What no record can hold and no line can show; letters, marks and joiners of any script are somebody's name.
const shows = (value: string): boolean =>
  !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u.test(value);

const person = z.strictObject(
  {
    name: text("the name of a person")
      .refine(shows, { error: "the name of a person, on one line of text" })
      .describe("As printed with a signature"),
    identities: some(
      identity.refine(shows, { error: "an identity, in characters that can be shown" }),
      "a list of identities",
    ).describe("Who this is to GitHub, to AWS, to git: a person with several is still one person"),
  },
  { error: "an object with name and identities" },
);

/** Who may approve. */
export const people = z.record(name, person, { error: "an object of people" });

/** Who may approve as what. */
export const roles = z.record(name, some(name, "a list of keys of people"), { error: "an object of roles" });
