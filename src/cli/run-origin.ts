import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { RunOrigin } from "../actions/deployment-ports.ts";

/** Where this process runs, as the machine and the CI's variables say: GitHub Actions, GitLab, Jenkins and their like. */
export function runOrigin(env: NodeJS.ProcessEnv): RunOrigin {
  return { host: hostname(), link: runLink(env), actor: ciActor(env), tool: packageVersion() };
}

/** The version of this Slipway. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return (manifest as { version: string }).version;
}

function runLink(env: NodeJS.ProcessEnv): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  const github = server && repository && run ? `${server}/${repository}/actions/runs/${run}` : undefined;
  const link = github ?? (env["CI_JOB_URL"] || env["BUILD_URL"] || undefined);
  return link !== undefined && URL.canParse(link) && /^https?:/.test(link) ? link : undefined;
}

// Ids, not names: a name that was given up can be taken by somebody else.
function ciActor(env: NodeJS.ProcessEnv): string | undefined {
  const { GITHUB_ACTOR_ID: github, GITLAB_USER_ID: gitlab } = env;
  if (github && /^\d+$/.test(github)) return `github:${github}`;
  return gitlab && /^\d+$/.test(gitlab) ? `gitlab:${gitlab}` : undefined;
}
