import type { Problem } from "../errors.ts";
import type { Config } from "./types.ts";

type Fault = Omit<Problem, "code">;

/** What is missing for the cloud of an environment, and what has no place there. */
export function cloudFaults(config: Config): Fault[] {
  return [
    ...awsEnvironmentsSayWhere(config),
    ...localEnvironmentsHaveNoAccount(config),
    ...awsLedgersAreAnchored(config),
  ];
}

function awsEnvironmentsSayWhere(config: Config): Fault[] {
  return Object.entries(config.environments)
    .filter(([, { cloud }]) => cloud === "aws")
    .flatMap(([env, { account, tasks }]) => {
      const at = `environments/${env}`;
      const faults: Fault[] = [];
      if (account === undefined) {
        faults.push({
          at,
          says: "an AWS environment names its account",
          hint: 'add account: "123456789012"',
        });
      }
      if (tasks === undefined) {
        faults.push({
          at,
          says: "an AWS environment says where its tasks run",
          hint: "add tasks: { executionRole, subnets, securityGroups }",
        });
      }
      return faults;
    });
}

function localEnvironmentsHaveNoAccount(config: Config): Fault[] {
  return Object.entries(config.environments)
    .filter(([, { cloud, account }]) => cloud === "local" && account !== undefined)
    .map(([env]) => ({
      at: `environments/${env}/account`,
      says: "the local cloud has no account of yours",
      hint: "leave it out",
    }));
}

function awsLedgersAreAnchored({ environments, ledger }: Config): Fault[] {
  const aws = Object.keys(environments).filter((env) => environments[env]?.cloud === "aws");
  if (aws.length === 0 || ledger.anchors.some(({ kind }) => kind === "s3")) return [];
  return [
    {
      at: "ledger/anchors",
      says: `${aws.join(", ")} on AWS would have no proof outside of its own database`,
      hint: 'add ledger: { anchors: [{ kind: "s3", bucket: "<bucket with Object Lock>" }] }',
    },
  ];
}
