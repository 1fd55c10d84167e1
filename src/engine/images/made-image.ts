import { buildImage } from "../../machine/oci/build-image.ts";
import { BASE_LABEL, type Image, type RunConfig } from "../../machine/oci/image-types.ts";
import { packedLayer } from "../filesystem/image-layers.ts";
import { optionalTextOf, recipesOf } from "../graph/arguments.ts";
import { RecipeProblem } from "../graph/recipe-problem.ts";
import type { Arguments, Recipe } from "../graph/recipe.ts";
import type { ContainerState } from "../state/container.ts";
import type { Session } from "../state/session.ts";
import { hostRoot } from "./host-root.ts";
import { containerConfig } from "./resolved-image.ts";

/** The images that `publish`, `export` and `asTarball` make: the container's own and its `platformVariants`. */
export async function imagesOf(
  session: Session,
  container: Recipe,
  args: Arguments,
  signal: AbortSignal,
): Promise<[Image, ...Image[]]> {
  const compression = optionalTextOf(args, "forcedCompression") ?? "Gzip";
  if (compression !== "Gzip") throw new RecipeProblem(missing(`forcedCompression: ${compression}`));
  if (args.mediaTypes === "DOCKER" || args.mediaTypes === "DockerMediaTypes") {
    throw new RecipeProblem(missing("mediaTypes: DockerMediaTypes"));
  }
  const first = await madeImage(session, await session.container(container, signal), signal);
  const others = await Promise.all(
    recipesOf(args, "platformVariants").map(
      async (variant) => await madeImage(session, await session.container(variant, signal), signal),
    ),
  );
  return [first, ...others];
}

/** An image of what the container holds, mounts left out. The same content gives the same digest. */
async function madeImage(session: Session, state: ContainerState, signal: AbortSignal): Promise<Image> {
  const { snapshot } = await state.root.open(signal);
  const below =
    state.base === undefined ? [] : (await hostRoot(session, state.base).open(signal)).snapshot.layers;
  // Whoever runs an image on a host base brings the base; only what is on top of it travels.
  const supplied = new Set(below.map(({ id }) => id));
  const own = snapshot.layers.filter(({ id }) => !supplied.has(id));

  const layers = [];
  for (const layer of own) layers.push(await packedLayer(session.layers, layer));
  return buildImage({
    layers,
    config: runConfig(state),
    platform: state.platform,
    ...(state.config.annotations.size === 0
      ? {}
      : { annotations: Object.fromEntries(state.config.annotations) }),
  });
}

function runConfig({ config, base }: ContainerState): RunConfig {
  const labels = {
    ...Object.fromEntries(config.labels),
    ...(base === undefined ? {} : { [BASE_LABEL]: base.name }),
  };
  // The base brings its own variables, which name folders of the machine that runs it.
  const baseEnv = base === undefined ? undefined : containerConfig(base.config).env;
  const ownEnv = [...config.env].filter(([name, value]) => baseEnv?.get(name) !== value);
  const ports = config.ports.map(({ port, protocol }) => [`${port}/${protocol.toLowerCase()}`, {}] as const);
  return {
    ...(config.user === "" ? {} : { User: config.user }),
    ...(ports.length === 0 ? {} : { ExposedPorts: Object.fromEntries(ports) }),
    ...(ownEnv.length === 0 ? {} : { Env: ownEnv.map(([name, value]) => `${name}=${value}`) }),
    ...(config.entrypoint.length === 0 ? {} : { Entrypoint: config.entrypoint }),
    ...(config.defaultArgs.length === 0 ? {} : { Cmd: config.defaultArgs }),
    WorkingDir: config.workdir,
    ...(Object.keys(labels).length === 0 ? {} : { Labels: labels }),
  };
}

function missing(argument: string): string {
  return `${argument} is not part of the embedded engine; Dagger Engine has it`;
}
