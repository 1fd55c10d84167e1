import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import type ts from "typescript";
import { sdkTypeScript } from "./introspect.ts";
import type { ModuleSource } from "./module-source.ts";

const PACKAGE = "@dagger.io/dagger";

/** Parts of the SDK that the bundle inside a Dagger module has too. The introspector and telemetry cost half a second. */
const PARTS = ["api/client.gen.js", "module/decorators.js", "common/context.js"];

/** Writes the module as JavaScript into `folder`, importing the SDK from where it is installed. */
export function compileModule(source: ModuleSource, folder: string): void {
  const tsc = sdkTypeScript(source);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }\n`);
  const exports = PARTS.map(
    (part) => `export * from ${JSON.stringify(pathToFileURL(join(source.sdk, part)).href)};\n`,
  );
  writeFileSync(join(folder, "sdk.js"), exports.join(""));

  for (const file of source.files) {
    const { outputText } = tsc.transpileModule(readFileSync(file, "utf8"), {
      fileName: file,
      compilerOptions: {
        target: tsc.ScriptTarget.ES2022,
        module: tsc.ModuleKind.ESNext,
        experimentalDecorators: true,
      },
      transformers: { before: [sdkImports(tsc)] },
    });
    writeFileSync(join(folder, basename(file).replace(/\.ts$/, ".js")), outputText);
  }
}

function sdkImports(tsc: typeof ts): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => {
    const { factory } = context;
    const visit = (node: ts.Node): ts.Node => {
      if (!tsc.isImportDeclaration(node) || !tsc.isStringLiteral(node.moduleSpecifier)) return node;
      if (node.moduleSpecifier.text !== PACKAGE) return node;
      return factory.updateImportDeclaration(
        node,
        node.modifiers,
        node.importClause,
        factory.createStringLiteral("./sdk.js"),
        node.attributes,
      );
    };
    return tsc.visitEachChild(file, visit, context);
  };
}
