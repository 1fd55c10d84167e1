import { describe, expect, test } from "vitest";
import { insideValues } from "../../../src/cloud/containers/inside-addresses.ts";
import { planRun, userIds } from "../../../src/cloud/containers/run-plan.ts";
import type { ContainerOrder } from "../../../src/cloud/ecs/container-runner.ts";

const ORDER: ContainerOrder = {
  task: "t",
  name: "app",
  image: "i",
  entryPoint: undefined,
  command: undefined,
  workingDirectory: undefined,
  user: undefined,
  env: {},
  port: undefined,
  siblings: [],
};
const IMAGE = {
  Entrypoint: ["node"],
  Cmd: ["main.js"],
  Env: ["A=image", "B=x=y"],
  WorkingDir: "/app",
  User: "node",
};

describe("what a container runs", () => {
  test.each([
    ["the image's entry point and command", {}, ["node", "main.js"]],
    ["the image's entry point with another command", { command: ["other.js"] }, ["node", "other.js"]],
    ["another entry point without the image's command", { entryPoint: ["sh"] }, ["sh"]],
    ["both of the order", { entryPoint: ["sh"], command: ["-c", "x"] }, ["sh", "-c", "x"]],
  ])("is %s", (_name, order, argv) => {
    expect(planRun({ ...ORDER, ...order }, IMAGE).argv).toEqual(argv);
  });

  test("variables of the order come over the image's", () => {
    const plan = planRun({ ...ORDER, env: { A: "order" } }, IMAGE);
    expect(plan).toEqual({
      argv: ["node", "main.js"],
      env: { A: "order", B: "x=y" },
      cwd: "/app",
      user: "node",
    });
  });

  test("must be said by somebody", () => {
    expect(() => planRun(ORDER, {})).toThrow(
      "neither the image nor the task definition says which command to run",
    );
  });
});

test.each([
  ["0", { uid: 0, gid: 0 }],
  ["1000", { uid: 1000, gid: 1000 }],
  ["1234", { uid: 1234, gid: 0 }],
  ["node", { uid: 1000, gid: 1000 }],
  ["node:staff", { uid: 1000, gid: 50 }],
  ["5:6", { uid: 5, gid: 6 }],
])("the user %s is %o", (user, ids) => {
  expect(userIds(user, "root:x:0:0::/:\nnode:x:1000:1000::/:", "staff:x:50:")).toEqual(ids);
});

test("a user or group that the image does not have is named", () => {
  expect(() => userIds("ada", "", "")).toThrow('the image has no user "ada"');
  expect(() => userIds("0:staff", "", "")).toThrow('the image has no group "staff"');
});

test("addresses of neighbours are written as they are inside, and no others", () => {
  const neighbours = [
    { alias: "database.internal", port: 5432 },
    { alias: "cloud.internal", port: 4566 },
  ];
  expect(
    insideValues(
      {
        URL: "postgresql://u:p@127.0.0.1:5432/db?host=localhost:5432",
        ENDPOINT: "http://127.0.0.1:4566",
        LONGER: "127.0.0.1:54321",
        OTHER: "127.0.0.1:80",
        FOREIGN: "10.127.0.0.1:5432",
      },
      neighbours,
    ),
  ).toEqual({
    URL: "postgresql://u:p@database.internal:5432/db?host=database.internal:5432",
    ENDPOINT: "http://cloud.internal:4566",
    LONGER: "127.0.0.1:54321",
    OTHER: "127.0.0.1:80",
    FOREIGN: "10.127.0.0.1:5432",
  });
});
