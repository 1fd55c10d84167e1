import { generateKeyPairSync } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { githubPlaces } from "../../../src/adapters/github/github-places.ts";
import { oidcApprover, tokenSource } from "../../../src/adapters/github/oidc-approver.ts";
import { runApprovals } from "../../../src/adapters/github/run-approvals.ts";
import { apiToken, tokenApprover } from "../../../src/adapters/github/token-approver.ts";
import { SlipwayError } from "../../../src/core/errors.ts";
import { Secret } from "../../../src/core/secret.ts";
import { FakeGithub } from "../../fakes/fake-github.ts";

const NOW = Date.UTC(2026, 10, 21, 12);
const SECONDS = NOW / 1000;
const TOKEN = "github_pat_planted";

let github: FakeGithub;
beforeEach(async () => {
  github = await FakeGithub.start();
});
afterEach(() => github[Symbol.asyncDispose]());

function someClaims(changes: Readonly<Record<string, unknown>> = {}) {
  return {
    sub: "repo:example/diary:ref:refs/heads/main",
    aud: "slipway",
    iat: SECONDS - 10,
    nbf: SECONDS - 10,
    exp: SECONDS + 300,
    jti: "0b7d",
    actor: "person-a-login",
    actor_id: "583231",
    repository: "example/diary",
    repository_id: "901234",
    repository_owner_id: "77",
    event_name: "workflow_dispatch",
    ref: "refs/heads/main",
    sha: "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
    job_workflow_ref: "example/diary/.github/workflows/approve.yml@refs/heads/main",
    environment: "staging",
    run_id: "42",
    run_attempt: "1",
    ...changes,
  };
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    (value) => `not refused: ${JSON.stringify(value)}`,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SlipwayError)) return String(error);
  expect(error.exit).toBe("verifyFailed");
  return error.problems.map(({ code, says }) => `${code}: ${says}`).join("\n");
}

describe("a token of GitHub Actions", () => {
  const proveWith = (token: string) =>
    oidcApprover(
      githubPlaces(github.env),
      () => Promise.resolve(new Secret("token", token)),
      () => Promise.resolve(NOW),
    ).prove("unused");
  const prove = (changes: Readonly<Record<string, unknown>> = {}, options = {}) =>
    proveWith(github.token(someClaims(changes), options));

  test("says who began the run, in which repository, and its claims are kept", async () => {
    const passing = ["aud", "iat", "nbf", "exp"];
    const kept = Object.entries(someClaims()).filter(([name]) => !passing.includes(name));

    expect(await prove()).toEqual({
      issuer: "github",
      subject: `github:${github.host}/583231@901234`,
      method: "oidc",
      shownName: "person-a-login",
      authTime: undefined,
      claims: { iss: `http://${github.host}/issuer`, ...Object.fromEntries(kept) },
    });
  });

  test.each([
    "repo:example/diary:ref:refs/heads/main",
    "repo:example/diary:environment:staging",
    "repo:Example@77/Diary@901234:ref:refs/heads/main",
    "repo:example@77/diary@901234:environment:staging",
    "repository_owner_id:77:job_workflow_ref:x",
  ])("has a subject such as %s", async (sub) => {
    expect((await prove({ sub })).subject).toBe(`github:${github.host}/583231@901234`);
  });

  test.each([
    "repo:example/other:ref:refs/heads/main",
    "repo:example@78/diary@901234:ref:refs/heads/main",
    "repo:example@77/diary@901235:ref:refs/heads/main",
    "repo:example",
    "repo:example/diary/more:x",
  ])("is refused when its subject contradicts it: %s", async (sub) => {
    expect(await refusal(prove({ sub }))).toBe(
      `IDENTITY_REFUSED: the token contradicts itself: the subject is "${sub}"`,
    );
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["has expired", { exp: SECONDS - 61 }, "IDENTITY_EXPIRED: the token has expired"],
    ["is not good yet", { nbf: SECONDS + 61 }, "IDENTITY_EARLY: the token is not good yet"],
    [
      "is for somebody else",
      { aud: "sts.amazonaws.com" },
      "IDENTITY_AUDIENCE: the token is for another audience",
    ],
    ["has no audience", { aud: undefined }, "IDENTITY_AUDIENCE: the token is for another audience"],
    [
      "has another issuer",
      { iss: "https://example.com" },
      "IDENTITY_REFUSED: the token's claim iss does not hold",
    ],
    ["never expires", { exp: undefined }, "IDENTITY_REFUSED: the token's claim exp does not hold"],
    ["names nobody", { actor_id: undefined }, "IDENTITY_REFUSED: the token lacks actor_id"],
    [
      "has an id that is none",
      { actor_id: "1 or 2" },
      "IDENTITY_REFUSED: the token has an id that is no number",
    ],
    [
      "was made by a comment",
      { event_name: "issue_comment" },
      'IDENTITY_REFUSED: the token is of a run that "issue_comment" began',
    ],
    ["is of a run begun again", { run_attempt: "2" }, "IDENTITY_REFUSED: the token is of a run's attempt 2"],
  ])("is refused when it %s", async (_what, changes, expected) => {
    expect(await refusal(prove(changes))).toBe(expected);
  });

  test("may be a minute off the ledger's clock", async () => {
    expect((await prove({ exp: SECONDS - 59, nbf: SECONDS + 59 })).method).toBe("oidc");
  });

  test("is refused when another key signed it, under the issuer's key id or its own", async () => {
    const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

    expect(await refusal(prove({}, { key }))).toBe(
      "IDENTITY_REFUSED: the token is not the issuer's: its signature does not hold",
    );
    expect(await refusal(prove({}, { key, header: { kid: "two" } }))).toBe(
      "IDENTITY_KEY_UNKNOWN: the token is signed by a key that is not the issuer's",
    );
  });

  test.each([
    ["no signature at all", { alg: "none" }],
    ["a secret that everybody knows", { alg: "HS256" }],
  ])("is refused when its header asks for %s", async (_what, header) => {
    expect(await refusal(prove({}, { header }))).toBe(
      "IDENTITY_REFUSED: the token is not the issuer's: its signature does not hold",
    );
  });

  test.each(["", "x", "a.b.c", `${"x".repeat(100_000)}.y.z`, "a.b.c\r\nx: y"])(
    "is refused when it is none",
    async (token) => {
      expect(await refusal(proveWith(token))).toBe(
        "IDENTITY_REFUSED: the token is not the issuer's: its signature does not hold",
      );
    },
  );

  test.each(["down", "error", "silent"] as const)("cannot be checked when the issuer is %s", async (jwks) => {
    github.jwks = jwks;
    const says = jwks === "silent" ? "no keys in 5 s" : "gives no keys";

    expect(await refusal(prove())).toBe(`GITHUB_UNREACHABLE: ${says}`);
  });

  test("is asked for at the runner, for our audience", async () => {
    github.claims = someClaims();
    const source = tokenSource(github.runnerEnv);
    const approver = oidcApprover(
      githubPlaces(github.env),
      source ?? (() => Promise.reject(new Error("none"))),
      () => Promise.resolve(NOW),
    );

    expect((await approver.prove("unused")).method).toBe("oidc");
    expect(github.requests).toEqual(["GET /runner", "GET /issuer/.well-known/jwks"]);
  });

  test("is not to be had where the runner refuses", async () => {
    const source = tokenSource({ ...github.runnerEnv, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "wrong" });

    expect(await refusal(source?.() ?? Promise.resolve())).toBe(
      "IDENTITY_REFUSED: gives no token: answered 401",
    );
    expect(tokenSource({})).toBeUndefined();
  });
});

describe("a personal token", () => {
  const prove = (token = TOKEN) =>
    tokenApprover(githubPlaces(github.env), new Secret("GH_TOKEN", token)).prove("unused");

  test("says whose it is, by a number that is never given to another", async () => {
    github.users.set(TOKEN, { id: 583231, login: "person-a-login", type: "User" });

    expect(await prove()).toEqual({
      issuer: "github",
      subject: `github:${github.host}/583231`,
      method: "api-token",
      shownName: "person-a-login",
      authTime: undefined,
    });
  });

  test("of github.com itself needs no host in the identity", () => {
    expect(githubPlaces({})).toEqual({
      api: "https://api.github.com",
      issuer: "https://token.actions.githubusercontent.com",
      apiHost: "",
      issuerHost: "",
    });
  });

  test.each<[string, Parameters<FakeGithub["users"]["set"]>[1] | undefined, string]>([
    ["that GitHub does not know", undefined, "IDENTITY_REFUSED: GitHub does not know the token"],
    ["of a workflow", "workflow", "IDENTITY_REFUSED: the token belongs to no person"],
    ["of a robot", { id: 5, login: "x[bot]", type: "Bot" }, "IDENTITY_REFUSED: the token belongs to a Bot"],
    ["that has asked too often", "exhausted", "GITHUB_UNREACHABLE: answered 403"],
    ["whose answer names nobody", { login: "x", type: "User" }, "GITHUB_UNREACHABLE: names nobody"],
    ["whose answer has a text for an id", { id: "583231", type: "User" }, "GITHUB_UNREACHABLE: names nobody"],
  ])("%s proves nothing", async (_what, user, expected) => {
    if (user !== undefined) github.users.set(TOKEN, user);

    expect(await refusal(prove())).toBe(expected);
  });

  test("is never repeated, whatever goes wrong with it", async () => {
    const planted = "planted\r\nx-injected: 1";
    const error = await prove(planted).catch((thrown: unknown) => thrown);

    expect(String(error)).not.toContain("planted");
    expect(github.requests).toEqual([]);
  });

  test("is looked for in GH_TOKEN and GITHUB_TOKEN", () => {
    expect(apiToken({ GITHUB_TOKEN: "b", GH_TOKEN: "a" }).reveal()).toBe("a");
    expect(() => apiToken({ GH_TOKEN: "" })).toThrow(/there is no token/);
  });

  test("goes to no address that could be listened to", () => {
    for (const url of ["http://github.example.com", "ftp://x", "x", "https://a:b@example.com"]) {
      expect(() => githubPlaces({ GITHUB_API_URL: url })).toThrow(/is not an https URL without a login/);
    }
  });
});

describe("the approvals of a run", () => {
  const approvalsOf = (run: string) =>
    runApprovals(githubPlaces(github.env), new Secret("GH_TOKEN", TOKEN)).of(run);

  test("are read as people gave them", async () => {
    github.runs.set("example/diary/42/approvals", [
      {
        state: "approved",
        comment: "ship it\u001b[2J\ud83d",
        environments: [{ id: 1, name: "production" }],
        user: { id: 583231, login: "person-a-login" },
      },
    ]);

    expect(await approvalsOf("example/diary/42")).toEqual([
      {
        state: "approved",
        comment: "ship it\u001b[2J\ufffd",
        environments: ["production"],
        by: `github:${github.host}/583231`,
        shownName: "person-a-login",
      },
    ]);
  });

  test.each([
    "example/diary/43",
    "../../user",
    "a/../1",
    "a/b/1/../2",
    "a/b",
    "a/b/x",
    "a/b/1?x=y",
    "a/b/1\n",
  ])("of %j are none", async (run) => {
    const error = await approvalsOf(run).catch((thrown: unknown) => thrown);

    expect(error instanceof SlipwayError && [error.exit, error.problems[0]?.code]).toEqual([
      "usage",
      "RUN_UNKNOWN",
    ]);
  });

  test("are told as unreadable when the answer is something else", async () => {
    github.runs.set("example/diary/42/approvals", [{ state: "maybe" }]);

    expect(await refusal(approvalsOf("example/diary/42"))).toBe(
      "GITHUB_UNREACHABLE: answers what is no approval",
    );
  });
});
