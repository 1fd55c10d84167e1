import { RecipeProblem } from "../../graph/recipe-problem.ts";
import { Recipe } from "../../graph/recipe.ts";
import { optionalTextOf, textOf } from "../../graph/arguments.ts";
import { pathOf } from "../../operations/container-paths.ts";
import { placeOf } from "../../operations/container-places.ts";
import { platformToText } from "../../operations/platforms.ts";
import type { ContainerState } from "../../state/container.ts";
import type { ExecOutcome } from "../../state/exec.ts";
import { exportImage, publishImage } from "../../images/send-image.ts";
import { existsAt } from "./existence.ts";
import { type Call, type Field, sourceOf } from "./field.ts";
import { keepUp } from "./service.ts";
import { namedValues, portRecipes } from "./values.ts";

/** Leaves and lists of Container. */
export const containerFields: Readonly<Record<string, Field>> = {
  "Container.stdout": async (call) => (await lastExec(call)).stdout,
  "Container.stderr": async (call) => (await lastExec(call)).stderr,
  "Container.combinedOutput": async (call) => (await lastExec(call)).combined,
  "Container.exitCode": async (call) => (await lastExec(call)).exitCode,
  "Container.sync": async (call) => {
    const state = await stateOf(call);
    await state.root.open(call.signal);
    return sourceOf(call).id;
  },

  "Container.defaultArgs": async (call) => (await stateOf(call)).config.defaultArgs,
  "Container.entrypoint": async (call) => (await stateOf(call)).config.entrypoint,
  "Container.user": async (call) => (await stateOf(call)).config.user,
  "Container.workdir": async (call) => (await stateOf(call)).config.workdir,
  "Container.mounts": async (call) => (await stateOf(call)).mounts.map(({ path }) => path),
  "Container.platform": async (call) => platformToText((await stateOf(call)).platform),
  "Container.envVariable": async (call) =>
    (await stateOf(call)).config.env.get(textOf(call.args, "name")) ?? null,
  "Container.envVariables": async (call) =>
    namedValues(call.session, "EnvVariable", (await stateOf(call)).config.env),
  "Container.label": async (call) =>
    (await stateOf(call)).config.labels.get(textOf(call.args, "name")) ?? null,
  "Container.labels": async (call) => namedValues(call.session, "Label", (await stateOf(call)).config.labels),
  "Container.exposedPorts": async (call) => portRecipes(call.session, (await stateOf(call)).config.ports),
  "Container.imageRef": async (call) => {
    const { imageRef } = await stateOf(call);
    if (imageRef === undefined) throw new RecipeProblem("the container did not begin from an image");
    return imageRef;
  },

  "Container.exists": async (call) => {
    const state = await stateOf(call);
    const path = pathOf(state, call.args);
    const mount = state.mounts.find((candidate) => candidate.path === path && candidate.kind !== "directory");
    if (mount !== undefined) return optionalTextOf(call.args, "expectedType") !== "SYMLINK_TYPE";
    const place = placeOf(state, path);
    return await existsAt(await place.tree.open(call.signal), place.path, call.args);
  },

  "Container.publish": async (call) =>
    await publishImage(call.session, sourceOf(call), call.args, call.signal),
  "Container.export": async (call) => await exportImage(call.session, sourceOf(call), call.args, call.signal),

  "Container.up": async (call) => {
    const { ports, random, ...args } = call.args;
    const service = call.session.recipes.keep(
      new Recipe("Service", "Container.asService", sourceOf(call), args),
    );
    await keepUp(call, service, { ports: ports ?? [], random: random ?? false });
    return null;
  },
};

async function stateOf(call: Call): Promise<ContainerState> {
  return await call.session.container(sourceOf(call), call.signal);
}

async function lastExec(call: Call): Promise<ExecOutcome> {
  const { lastExec: run } = await stateOf(call);
  if (run === undefined) throw new RecipeProblem("no command has been executed; use withExec first");
  return await run(call.signal);
}
