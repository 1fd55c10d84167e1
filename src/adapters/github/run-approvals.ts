import { SlipwayError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import type { ForeignApproval, RunApprovals } from "../../ports/run-approvals.ts";
import { askGithub, unreachable } from "./ask-github.ts";
import type { GithubPlaces } from "./github-places.ts";

// No part may be "." or "..": it would lead to another document.
const RUN = /^((?!\.\.?\/)[\w.-]{1,100})\/((?!\.\.?\/)[\w.-]{1,100})\/(\d{1,20})$/;

/** What people clicked in a run of GitHub Actions that waited for an environment. */
export function runApprovals(places: GithubPlaces, token: Secret): RunApprovals {
  return {
    async of(run) {
      const [, owner, repository, id] = RUN.exec(run) ?? [];
      if (owner === undefined) throw noRun(run, "is no run");
      const url = `${places.api}/repos/${owner}/${repository}/actions/runs/${id}/approvals`;
      const { status, body } = await askGithub(url, token);
      if (status === 404) throw noRun(run, "is not there, or not for this token");
      if (status !== 200 || !Array.isArray(body)) throw unreachable(url, `answered ${status}`);
      return body.map((one: unknown) => readApproval(one, places.apiHost, url));
    },
  };
}

function readApproval(input: unknown, host: string, url: string): ForeignApproval {
  const { state, comment, environments, user } = Object(input) as Readonly<Record<string, unknown>>;
  const { id, login } = Object(user) as Readonly<Record<string, unknown>>;
  const isState = state === "approved" || state === "rejected" || state === "pending";
  if (!isState || typeof id !== "number") throw unreachable(url, "answers what is no approval");
  return {
    state,
    environments: Array.isArray(environments) ? environments.map(nameOf) : [],
    comment: textOf(comment),
    by: `github:${host}${id}`,
    shownName: textOf(login),
  };
}

function nameOf(environment: unknown): string {
  const { name } = Object(environment) as { readonly name?: unknown };
  return textOf(name);
}

// Half a character has no place in canonical JSON (RFC 8785 §3.2.2.2), so it becomes U+FFFD.
function textOf(value: unknown): string {
  return typeof value === "string" ? value.toWellFormed() : "";
}

function noRun(run: string, says: string): SlipwayError {
  const problem = {
    code: "RUN_UNKNOWN",
    at: "--run",
    says: `${says}: ${JSON.stringify(run)}`,
    hint: "give <owner>/<repository>/<run id>, as the run's address has them",
  };
  return new SlipwayError(problem, "usage");
}
