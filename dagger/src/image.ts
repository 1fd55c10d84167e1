import { dag, type Container, type Directory } from "@dagger.io/dagger";
import type { AppComponent, AppConfig } from "./app-config.js";
import { wrongCall } from "./failures.js";
import { withNpmCache } from "./toolbox.js";

/** What an image says about itself, and its release besides. */
export interface Stamp {
  readonly version: string;
  readonly commit: string;
  readonly branch?: string;
  readonly author?: string;
}

/** Finds a component, or says which there are. */
export function componentOf(config: AppConfig, name: string): AppComponent {
  const component = config.components[name];
  if (component !== undefined) return component;
  const there = Object.keys(config.components).join(", ") || "none";
  throw wrongCall(`the config has no component named "${name}"; it has ${there}`);
}

/** The image of a component. The stamp comes last, so that another commit of the same files builds nothing again. */
export function buildImage(source: Directory, component: AppComponent, stamp: Stamp): Container {
  const { image } = component;
  const files = component.path === "." ? source : source.directory(component.path);
  const included = image.include.length === 0 ? files : files.filter({ include: [...image.include] });

  let container = withNpmCache(dag.container().from(image.base))
    .withWorkdir(image.workdir)
    .withDirectory(image.workdir, included);
  for (const argv of image.build) container = container.withExec([...argv]);

  container = container.withoutMount("/var/cache/npm").withoutEnvVariable("npm_config_cache");
  for (const [name, value] of Object.entries(image.env)) container = container.withEnvVariable(name, value);
  return container
    .withEntrypoint([...image.entrypoint])
    .withExposedPort(component.port)
    .withLabel("org.opencontainers.image.version", stamp.version)
    .withLabel("org.opencontainers.image.revision", stamp.commit);
}

/** What the image stands on: a host base by its label on the embedded engine, else the base by digest. */
export async function baseOf(component: AppComponent): Promise<string> {
  const base = dag.container().from(component.image.base);
  return (await base.label("dev.slipway.base")) || (await base.imageRef());
}
