// What Slipway delivers and how it checks it. The keys are explained in the repository's docs/config.md.

const node = "node:24";
const setup = { files: ["package.json", "package-lock.json"], run: ["npm", "ci"] };
const asSmokeTest = { authorization: "Bearer {secret:diary/{env}/smoke-token}" };

const smoke = [
  { name: "reaches its database", path: "/healthz", expectJson: { status: "ok" } },
  {
    name: "runs this version",
    path: "/version",
    expectJson: { version: "{version}", commit: "{commit}", component: "api" },
  },
  { name: "describes itself", path: "/openapi.json", expectJson: { "info.version": "{version}" } },
  { name: "refuses a stranger", path: "/api/v1/entries", expectStatus: 401 },
  {
    name: "writes an entry",
    method: "POST",
    path: "/api/v1/entries",
    headers: { ...asSmokeTest, "content-type": "application/json" },
    body: JSON.stringify({ mood: 3, note: "smoke test of {version}" }),
    expectStatus: 201,
    expectJson: { mood: 3, note: "smoke test of {version}" },
  },
  {
    name: "reads the entry back",
    path: "/api/v1/entries",
    headers: asSmokeTest,
    expectJson: { "entries.0.note": "smoke test of {version}" },
  },
];

export default {
  app: "diary",

  components: {
    api: {
      kind: "service",
      path: ".",
      image: {
        base: node,
        include: ["package.json", "package-lock.json", "src/**"],
        build: [["npm", "ci", "--omit=dev"]],
        entrypoint: ["node", "src/api/main.ts"],
        env: { NODE_ENV: "production" },
      },
      port: 8080,
      desiredCount: 2,
      secrets: {
        DATABASE_URL: "diary/{env}/database-url",
        SMOKE_TOKEN: "diary/{env}/smoke-token",
      },
    },
  },

  database: {
    migrations: "migrations",
    rls: {
      tenantColumn: "clinic_id",
      tenantSetting: "app.clinic_id",
      appRole: "diary_app",
      tables: { clinics: { tenantColumn: "id" } },
      exempt: { tokens: "only token_owner() reads it, as its owner; the service has no right to it" },
    },
    expect: {
      tables: ["clinics", "patients"],
      columns: { entries: ["id", "clinic_id", "patient_id", "mood", "note", "created_at", "updated_at"] },
      functions: ["token_owner(bytea)"],
      triggers: { entries: ["entries_are_audited"] },
    },
  },

  checks: {
    lint: { image: node, setup, run: ["npm", "run", "lint"] },
    types: { image: node, setup, run: ["npm", "run", "types"] },
    unit: { image: node, setup, run: ["npm", "run", "unit"] },
    integration: {
      image: node,
      setup,
      run: ["npm", "run", "integration"],
      postgres: true,
      timeoutSeconds: 180,
    },
  },

  // Environments with gates, people and roles: docs/walkthrough.md takes a release to "production" on this machine.
  environments: {
    local: { cloud: "local", smoke, seeds: ["reference", "practice"] },
  },
};
