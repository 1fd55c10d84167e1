import { flagOf, numberOf, optionalTextOf, recipeOf, textOf, textsOf } from "../graph/arguments.ts";
import { RecipeProblem } from "../graph/recipe-problem.ts";
import { expandVariables, pathOf, withConfig } from "./container-paths.ts";
import type { ContainerOperations } from "./operation.ts";

/** Variables, user, commands, labels: what changes no file. */
export const configOperations: ContainerOperations = {
  withEnvVariable: (state, args) => {
    const value = textOf(args, "value");
    const expanded = flagOf(args, "expand") ? expandVariables(value, state.config.env) : value;
    return withConfig(state, { env: plus(state.config.env, textOf(args, "name"), expanded) });
  },
  withoutEnvVariable: (state, args) =>
    withConfig(state, { env: minus(state.config.env, textOf(args, "name")) }),

  withVolatileVariable: (state, args) => ({
    ...state,
    volatileVariables: plus(state.volatileVariables, textOf(args, "name"), textOf(args, "value")),
  }),
  withoutVolatileVariable: (state, args) => ({
    ...state,
    volatileVariables: minus(state.volatileVariables, textOf(args, "name")),
  }),

  withSecretVariable: (state, args) => ({
    ...state,
    secretVariables: plus(state.secretVariables, textOf(args, "name"), recipeOf(args, "secret")),
  }),
  withoutSecretVariable: (state, args) => ({
    ...state,
    secretVariables: minus(state.secretVariables, textOf(args, "name")),
  }),

  withUser: (state, args) => withConfig(state, { user: textOf(args, "name") }),
  withoutUser: (state) => withConfig(state, { user: "" }),
  withWorkdir: (state, args) => withConfig(state, { workdir: pathOf(state, args) }),
  withoutWorkdir: (state) => withConfig(state, { workdir: "/" }),

  withEntrypoint: (state, args) =>
    withConfig(state, {
      entrypoint: textsOf(args, "args"),
      defaultArgs: flagOf(args, "keepDefaultArgs") ? state.config.defaultArgs : [],
    }),
  withoutEntrypoint: (state, args) =>
    withConfig(state, {
      entrypoint: [],
      defaultArgs: flagOf(args, "keepDefaultArgs") ? state.config.defaultArgs : [],
    }),
  withDefaultArgs: (state, args) => withConfig(state, { defaultArgs: textsOf(args, "args") }),
  withoutDefaultArgs: (state) => withConfig(state, { defaultArgs: [] }),

  withLabel: (state, args) =>
    withConfig(state, { labels: plus(state.config.labels, textOf(args, "name"), textOf(args, "value")) }),
  withoutLabel: (state, args) =>
    withConfig(state, { labels: minus(state.config.labels, textOf(args, "name")) }),
  withAnnotation: (state, args) =>
    withConfig(state, {
      annotations: plus(state.config.annotations, textOf(args, "name"), textOf(args, "value")),
    }),
  withoutAnnotation: (state, args) =>
    withConfig(state, { annotations: minus(state.config.annotations, textOf(args, "name")) }),

  withExposedPort: (state, args) => {
    const port = numberOf(args, "port");
    const protocol = textOf(args, "protocol") === "UDP" ? "UDP" : "TCP";
    const others = state.config.ports.filter((known) => known.port !== port || known.protocol !== protocol);
    const description = optionalTextOf(args, "description") ?? null;
    const skipHealthcheck = flagOf(args, "experimentalSkipHealthcheck");
    return withConfig(state, { ports: [...others, { port, protocol, description, skipHealthcheck }] });
  },
  withoutExposedPort: (state, args) =>
    withConfig(state, {
      ports: state.config.ports.filter(
        ({ port, protocol }) => port !== numberOf(args, "port") || protocol !== textOf(args, "protocol"),
      ),
    }),

  withServiceBinding: (state, args) => ({
    ...state,
    services: [
      ...state.services.filter(({ alias }) => alias !== textOf(args, "alias")),
      { alias: textOf(args, "alias"), service: recipeOf(args, "service") },
    ],
  }),
  withRegistryAuth: (state, args) => ({
    ...state,
    registryLogins: plus(state.registryLogins, textOf(args, "address"), {
      username: textOf(args, "username"),
      secret: recipeOf(args, "secret"),
    }),
  }),
  withoutRegistryAuth: (state, args) => ({
    ...state,
    registryLogins: minus(state.registryLogins, textOf(args, "address")),
  }),

  withError: (_, args) => {
    throw new RecipeProblem(textOf(args, "err"));
  },
};

function plus<V>(map: ReadonlyMap<string, V>, name: string, value: V): ReadonlyMap<string, V> {
  return new Map(map).set(name, value);
}

function minus<V>(map: ReadonlyMap<string, V>, name: string): ReadonlyMap<string, V> {
  const rest = new Map(map);
  rest.delete(name);
  return rest;
}
