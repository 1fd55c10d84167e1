import { z } from "zod";
import { expectations, rls } from "./database-schema.ts";
import { ledger } from "./ledger-schema.ts";
import { people, roles } from "./people-schema.ts";
import { policyKeys } from "./policy-schema.ts";
import { runs } from "./runs-schema.ts";
import { matching, name, oneOf, some, text, wholeNumber } from "./schema-parts.ts";

const folder = matching(/^[^/\\\0][^\\\0]*$/, "a path relative to the app's folder, with forward slashes");
const urlPath = matching(/^\/\S*$/, 'a path that begins with "/"');
const image = matching(/^[a-z0-9][^\s]*$/, 'an image, for example "node:24"');
const variable = matching(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of an environment variable");
// A token, as RFC 9110 section 5.6.2 defines it.
const headerName = matching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "the name of a header");
const variables = z.record(variable, z.string({ error: "a text" }), { error: "an object of texts" });
const headers = z.record(headerName, z.string({ error: "a text" }), { error: "an object of texts" });

const argumentArray = z
  .array(z.string({ error: "a text" }), { error: 'an argument array, for example ["npm", "test"]' })
  .min(1, { error: 'an argument array, for example ["npm", "test"]' });
const commands = z.union([argumentArray, z.array(argumentArray).min(1)], {
  error: 'an argument array, for example ["npm", "test"], or a list of them',
});

const setup = z.strictObject(
  {
    files: z
      .array(folder, { error: "a list of files, folders or globs" })
      .min(1, { error: "a list of files, folders or globs" })
      .describe("All that the commands see of the app; their result is kept until one of these changes"),
    run: commands.describe("One command, or several"),
  },
  { error: 'an object such as { files: ["package.json", "package-lock.json"], run: ["npm", "ci"] }' },
);

const check = z.strictObject(
  {
    image: image.describe("The image that the commands run in: any language"),
    run: commands.describe("One command, or several; the first that fails ends the check"),
    setup: setup
      .optional()
      .describe("What the check needs first; checks with an equal setup share its result"),
    workdir: folder.optional().describe('Folder of the app to run in (default ".")'),
    env: variables.optional().describe("Environment variables for the commands"),
    postgres: z
      .union([z.boolean(), image], { error: 'true, or an image such as "postgres:18"' })
      .optional()
      .describe("Bind a Postgres as host `postgres`: true, or its image"),
    timeoutSeconds: wholeNumber(1, 86_400, " of seconds")
      .optional()
      .describe("Most that each command may take (default 600); the image needs `timeout`, as most have"),
  },
  { error: "an object" },
);

const imageRecipe = z.strictObject(
  {
    base: image.describe("The image to build on"),
    workdir: matching(/^\/\S*$/, 'an absolute path such as "/app"')
      .optional()
      .describe('Default "/app"'),
    build: z.array(argumentArray).optional().describe("Commands that run in the image while it is built"),
    include: z
      .array(text("a glob pattern"), { error: "a list of glob patterns" })
      .optional()
      .describe("What to copy from the component's folder (default: everything git does not ignore)"),
    entrypoint: argumentArray.describe("What the image runs"),
    env: variables.optional().describe("Environment variables baked into the image"),
  },
  { error: "an object" },
);

const service = z.strictObject(
  {
    kind: oneOf(["service"]).describe("A long-running service on ECS behind a load balancer"),
    path: folder.optional().describe("The component's folder (default: the component's name)"),
    image: imageRecipe,
    port: wholeNumber(1, 65_535).describe("The port the service listens on; it is told as PORT"),
    healthPath: urlPath.optional().describe('What the load balancer asks (default "/healthz")'),
    desiredCount: wholeNumber(1, 1000).optional().describe("How many tasks run (default 1)"),
    cpu: wholeNumber(128, 16_384, " of CPU units").optional().describe("1024 are one core (default 256)"),
    memory: wholeNumber(128, 122_880, " of MiB").optional().describe("Default 512"),
    env: variables.optional().describe("Environment variables of the running service"),
    secrets: z
      .record(variable, text("the name of a secret"), { error: "an object of secret names" })
      .optional()
      .describe("Environment variable → name of the secret; {env} stands for the environment's name"),
  },
  { error: "an object" },
);

const smokeCheck = z.strictObject(
  {
    name: text("a short sentence").optional().describe("Default: method and path"),
    component: name.optional().describe("Which service to ask (default: the first)"),
    method: oneOf(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
      .optional()
      .describe("Default GET"),
    path: urlPath,
    headers: headers.optional(),
    body: z.string({ error: "a text" }).optional(),
    expectStatus: wholeNumber(100, 599).optional().describe("Default 200"),
    expectJson: z
      .record(
        z.string(),
        z.union([z.string(), z.number(), z.boolean()], { error: "a text, a number or a boolean" }),
        {
          error: "an object of values",
        },
      )
      .optional()
      .describe("Path in the JSON answer → value; {version} and {commit} stand for the release's"),
  },
  { error: "an object" },
);

const names = (should: string) => some(text(should), `a list, each ${should}`);
const role = matching(/^arn:[a-z-]+:iam::\d{12}:role\/\S+$/, "the ARN of a role");

const tasks = z.strictObject(
  {
    executionRole: role.describe("Role that pulls the image and reads the secrets"),
    taskRole: role.optional().describe("Role of the app itself"),
    subnets: names("a subnet id"),
    securityGroups: names("a security group id"),
    publicAddress: z.boolean({ error: "true or false" }).optional().describe("Default false"),
  },
  { error: "an object" },
);

const environment = z.strictObject(
  {
    cloud: oneOf(["local", "aws"]).describe("`local`: the practice cloud on this machine"),
    region: matching(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as "eu-central-1"').optional(),
    account: matching(/^\d{12}$/, "an account number of 12 digits, as text").optional(),
    tasks: tasks.optional().describe("Where tasks run and as whom; required on AWS"),
    cluster: name.optional().describe("The ECS cluster (default: <app>-<environment>)"),
    url: matching(
      /^https?:\/\/[^\s/]+$/,
      "a URL without a path, for example https://app.example.com",
    ).optional(),
    smoke: z.array(smokeCheck, { error: "a list of checks" }).optional(),
    deployTimeoutSeconds: wholeNumber(1, 86_400, " of seconds").optional().describe("Default 600"),
    smokeTimeoutSeconds: wholeNumber(1, 3600, " of seconds").optional().describe("Default 20"),
    seeds: z
      .array(name, { error: 'a list of sets, for example ["reference", "practice"]' })
      .optional()
      .describe(
        "Sets that `slipway migrate seed` brings in, in this order (default: `reference` and the one of the environment's name, where they are there; `production`: `reference` alone)",
      ),
    ...policyKeys,
  },
  { error: "an object" },
);

const database = z.strictObject(
  {
    migrations: folder.optional().describe('Folder of the migrations (default "migrations")'),
    seeds: folder
      .optional()
      .describe(
        "Folder of the seeds, one folder in it for each set (default: `seeds` beside the migrations)",
      ),
    urlSecret: text("the name of a secret")
      .optional()
      .describe("Secret with the URL of the role that migrates (default <app>/{env}/migrate-url)"),
    image: image.optional().describe('Default "postgres:18"'),
    runs: runs
      .optional()
      .describe('Where migrations run when the database is not reached from the deployment (default "here")'),
    rls: rls.optional().describe("How row-level security keeps tenants apart"),
    expect: expectations
      .optional()
      .describe("What the app's code relies on; a deployment refuses without it"),
  },
  { error: "an object" },
);

/** What a person may write in `slipway.config.ts`, `.json` or `.yaml`. */
export const writtenConfigSchema = z.strictObject(
  {
    $schema: z.string().optional().describe("For editors"),
    app: name.describe("The app's name"),
    components: z.record(name, service, { error: "an object of components" }).optional(),
    database: database.optional(),
    checks: z.record(name, check, { error: "an object of checks" }).optional(),
    environments: z.record(name, environment, { error: "an object of environments" }),
    people: people.optional().describe("Who may approve"),
    roles: roles.optional().describe("Role → who has it, as keys of people"),
    ledger: ledger.optional(),
  },
  { error: "an object" },
);

export type WrittenConfig = z.input<typeof writtenConfigSchema>;
