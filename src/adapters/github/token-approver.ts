import { SlipwayError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";
import type { Approver } from "../../ports/approver.ts";
import { askGithub, unreachable } from "./ask-github.ts";
import type { GithubPlaces } from "./github-places.ts";

/** Whose a personal token is, as GitHub's API says. */
export function tokenApprover(places: GithubPlaces, token: Secret): Approver {
  return {
    async prove() {
      const url = `${places.api}/user`;
      const { status, body } = await askGithub(url, token);
      if (status === 401)
        throw refused("GitHub does not know the token", "give a token that is still good as GH_TOKEN");
      // What a workflow's own token is answered: it is nobody's.
      if (status === 403)
        throw refused("the token belongs to no person", "give a person's token as GH_TOKEN");
      if (status !== 200) throw unreachable(url, `answered ${status}`);

      const { id, login, type } = Object(body) as Readonly<Record<string, unknown>>;
      if (typeof id !== "number" || !Number.isSafeInteger(id) || id < 1)
        throw unreachable(url, "names nobody");
      if (type !== "User")
        throw refused(`the token belongs to a ${String(type)}`, "give a person's token as GH_TOKEN");
      return {
        issuer: "github",
        subject: `github:${places.apiHost}${id}`,
        method: "api-token",
        shownName: typeof login === "string" ? login.toWellFormed() : undefined,
        authTime: undefined,
      };
    },
  };
}

/** The token of `GH_TOKEN` or `GITHUB_TOKEN`. Throws `IDENTITY_NO_TOKEN` (exit 11). */
export function apiToken(env: NodeJS.ProcessEnv): Secret {
  for (const name of ["GH_TOKEN", "GITHUB_TOKEN"]) {
    const value = env[name]?.trim();
    if (value) return new Secret(name, value);
  }
  throw new SlipwayError(
    {
      code: "IDENTITY_NO_TOKEN",
      at: "GH_TOKEN",
      says: "there is no token",
      hint: "give a personal token in GH_TOKEN (`GH_TOKEN=$(gh auth token) slipway …`), or sign in a workflow with id-token: write",
    },
    "verifyFailed",
  );
}

function refused(says: string, hint: string): SlipwayError {
  return new SlipwayError({ code: "IDENTITY_REFUSED", at: "GH_TOKEN", says, hint }, "verifyFailed");
}
