import { textOf } from "../graph/arguments.ts";
import type { ContainerState } from "../state/container.ts";
import { textToPlatform } from "./platforms.ts";
import { withConfig } from "./container-paths.ts";
import type { ContainerOperations } from "./operation.ts";
import { EMPTY_DIRECTORY } from "../filesystem/types.ts";

/** Beginning from an image. */
export const imageOperations: ContainerOperations = {
  from: async (state, args, session, signal) => {
    const image = await session.images.resolve(textOf(args, "address"), state, signal);
    return {
      ...withConfig(state, { ...image.config, annotations: new Map() }),
      root: image.root,
      base: image.base,
      baseName: image.name,
      imageRef: image.reference,
      lastExec: undefined,
    };
  },
};

/** A container with an empty root. */
export function scratch(platform: string): ContainerState {
  return {
    platform: textToPlatform(platform),
    root: { key: "scratch", cheap: true, open: async () => EMPTY_DIRECTORY },
    base: undefined,
    baseName: "scratch",
    imageRef: undefined,
    config: {
      env: new Map(),
      user: "",
      workdir: "/",
      entrypoint: [],
      defaultArgs: [],
      labels: new Map(),
      ports: [],
      annotations: new Map(),
    },
    mounts: [],
    secretVariables: new Map(),
    volatileVariables: new Map(),
    services: [],
    registryLogins: new Map(),
    lastExec: undefined,
  };
}
