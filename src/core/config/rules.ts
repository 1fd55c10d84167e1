import type { Problem } from "../errors.ts";
import { RESOURCE_NAME_LIMIT, resourceName } from "../names.ts";
import type { RunsConfig } from "./database-types.ts";
import { cloudFaults } from "./cloud-rules.ts";
import { peopleFaults } from "./people-rules.ts";
import { policyFaults } from "./policy-rules.ts";
import { seedFaults } from "./seed-rules.ts";
import type { Config } from "./types.ts";

/** A rule about more than one key: the path it is about and what is wrong, or nothing. */
type Rule = (config: Config) => readonly Omit<Problem, "code">[];

const RULES: readonly Rule[] = [
  something,
  foldersStayInside,
  namesFit,
  variablesAreGivenOnce,
  variablesOfSlipwayAreFree,
  secretNamesHaveKnownPlaceholders,
  smokeAsksKnownComponents,
  cloudFaults,
  policyFaults,
  peopleFaults,
  seedFaults,
];

/** Every fault that the schema cannot see, all at once. */
export function checkRules(config: Config): Problem[] {
  return RULES.flatMap((rule) => rule(config)).map((fault) => ({ code: "CONFIG_RULE", ...fault }));
}

function something(config: Config) {
  if (Object.keys(config.components).length > 0 || Object.keys(config.checks).length > 0) return [];
  return [
    {
      at: "components",
      says: "there is neither a component nor a check",
      hint: "describe a service to deploy",
    },
  ];
}

function foldersStayInside(config: Config) {
  const folders: [string, string][] = [
    ...services(config).map(([name, { path }]): [string, string] => [`components/${name}/path`, path]),
    ...Object.entries(config.checks).map(([name, { workdir }]): [string, string] => [
      `checks/${name}/workdir`,
      workdir,
    ]),
  ];
  for (const [name, { setup }] of Object.entries(config.checks)) {
    setup?.files.forEach((file, index) => folders.push([`checks/${name}/setup/files/${index}`, file]));
  }
  if (config.database !== undefined) {
    folders.push(["database/migrations", config.database.migrations]);
    folders.push(["database/seeds", config.database.seeds]);
  }

  return folders
    .filter(([, folder]) => folder.split("/").includes(".."))
    .map(([at, folder]) => ({
      at,
      says: `leads out of the app's folder: "${folder}"`,
      hint: 'leave ".." out',
    }));
}

function namesFit(config: Config) {
  return environments(config).flatMap(([env]) =>
    services(config)
      .map(([component]) => ({ component, name: resourceName(config.app, env, component) }))
      .filter(({ name }) => name.length > RESOURCE_NAME_LIMIT)
      .map(({ component, name }) => ({
        at: `components/${component}`,
        says: `its name in ${env} would be "${name}", ${name.length} characters; AWS allows ${RESOURCE_NAME_LIMIT}`,
        hint: "shorten the name of the app, the environment or the component",
      })),
  );
}

function variablesAreGivenOnce(config: Config) {
  return services(config).flatMap(([name, { env, secrets }]) =>
    Object.keys(secrets)
      .filter((variable) => variable in env)
      .map((variable) => ({
        at: `components/${name}/secrets/${variable}`,
        says: "is given in env as well",
        hint: "keep it in one of the two",
      })),
  );
}

function variablesOfSlipwayAreFree(config: Config) {
  return services(config).flatMap(([name, { env, secrets }]) =>
    Object.keys({ ...env, ...secrets })
      .filter((variable) => variable === "PORT" || variable.startsWith("SLIPWAY_"))
      .map((variable) => ({
        at: `components/${name}/${variable in env ? "env" : "secrets"}/${variable}`,
        says: "is set by slipway itself",
        hint: "take another name",
      })),
  );
}

function secretNamesHaveKnownPlaceholders(config: Config) {
  const names: [string, string][] = services(config).flatMap(([name, { secrets }]) =>
    Object.entries(secrets).map(([key, value]): [string, string] => [
      `components/${name}/secrets/${key}`,
      value,
    ]),
  );
  if (config.database !== undefined) names.push(["database/urlSecret", config.database.urlSecret]);
  names.push(...workerSecrets(config));

  return names
    .filter(([, name]) => /[{}]/.test(name.replaceAll("{env}", "")))
    .map(([at, name]) => ({
      at,
      says: `has a placeholder other than {env}: "${name}"`,
      hint: "only {env} is filled in",
    }));
}

function workerSecrets({ database, environments: all }: Config): [string, string][] {
  const written: (readonly [string, RunsConfig | undefined])[] = [
    ["database/runs", database?.runs],
    ...Object.entries(all).map(
      ([env, { policy }]) => [`environments/${env}/migrations/runs`, policy.migrations.runs] as const,
    ),
  ];
  return written.flatMap(([at, runs]): [string, string][] =>
    runs === undefined || runs.as === "here" || runs.ledgerSecret === undefined
      ? []
      : [[`${at}/ledgerSecret`, runs.ledgerSecret]],
  );
}

function smokeAsksKnownComponents(config: Config) {
  const known = Object.keys(config.components);
  return environments(config).flatMap(([env, { smoke }]) =>
    smoke
      .map(({ component }, index) => ({ component, index }))
      .filter(({ component }) => !known.includes(component))
      .map(({ component, index }) => ({
        at: `environments/${env}/smoke/${index}/component`,
        says: component === "" ? "there is no service to ask" : `there is no component "${component}"`,
        hint: known.length === 0 ? "describe a service under components" : `known: ${known.join(", ")}`,
      })),
  );
}

function services(config: Config) {
  return Object.entries(config.components);
}

function environments(config: Config) {
  return Object.entries(config.environments);
}
