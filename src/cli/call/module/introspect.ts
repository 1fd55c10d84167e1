import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type ts from "typescript";
import { readCoreTypes } from "../schema/core-types.ts";
import { fromIntrospection, type IntrospectedModule } from "../schema/from-introspection.ts";
import type { CallSchema } from "../schema/types.ts";
import type { ModuleSource } from "./module-source.ts";

type Scan = (files: readonly string[], moduleName: string, loadModule: boolean) => Promise<unknown>;

/** The TypeScript that the SDK brings with it; it is loaded only when the module has changed. */
export function sdkTypeScript(source: ModuleSource): typeof ts {
  return createRequire(join(source.sdk, "index.js"))("typescript") as typeof ts;
}

/** What Dagger's own introspector finds in the module. `scratch` is a folder for a file that it wants to read. */
export async function introspect(source: ModuleSource, scratch: string): Promise<IntrospectedModule> {
  const { scan } = (await import(pathToFileURL(join(source.sdk, "module/introspector/index.js")).href)) as {
    scan: Scan;
  };
  // Only names matter here. The introspector knows the client by its file's name.
  const client = join(scratch, "client.gen.ts");
  const names = [...declarations(source).matchAll(/^export declare (class|enum) (\w+)/gm)];
  writeFileSync(client, names.map(([, kind = "", name = ""]) => `export ${kind} ${name} {}`).join("\n"));

  const found = await scan([...source.files, client], source.name, false);
  return JSON.parse(JSON.stringify(found)) as IntrospectedModule;
}

/** Everything that can be called. */
export async function readSchema(source: ModuleSource, scratch: string): Promise<CallSchema> {
  const core = readCoreTypes(sdkTypeScript(source), declarations(source));
  return fromIntrospection(await introspect(source, scratch), core);
}

function declarations(source: ModuleSource): string {
  return readFileSync(join(source.sdk, "api/client.gen.d.ts"), "utf8");
}
