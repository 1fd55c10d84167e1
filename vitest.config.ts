import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// Four projects: `unit` needs nothing but Node and takes seconds; `sweep` is as pure and goes through every case, or
// through very many at random; `real` drives real processes, a real Postgres and real HTTP; `e2e` runs the product as
// a user would.
const common = { environment: "node", restoreMocks: true } as const;

export default defineConfig({
  test: {
    // Most real tests wait for processes and databases: a core can serve more than one of them.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        test: {
          ...common,
          name: "unit",
          // They keep nothing between them, and to load the same files for each again took longer than the tests.
          isolate: false,
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.{sweep,real,e2e}.test.ts"],
          // Properties take a second of an idle core, and several on a busy machine.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          ...common,
          name: "sweep",
          include: ["test/**/*.sweep.test.ts"],
          testTimeout: 300_000,
        },
      },
      {
        test: {
          ...common,
          name: "real",
          globalSetup: ["test/support/which-postgres.ts"],
          include: ["test/**/*.real.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          ...common,
          name: "e2e",
          include: ["test/**/*.e2e.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
