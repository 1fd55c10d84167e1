// The process that introspects and compiles the module. TypeScript takes more memory than the whole call; here it is
// given back, and Ctrl-C need not wait for it.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { answerOnce } from "../answer-once.ts";
import { compileModule } from "./compile.ts";
import { readSchema } from "./introspect.ts";
import type { ModuleSource } from "./module-source.ts";

export interface PrepareRequest {
  readonly source: ModuleSource;
  /** Empty folder that receives what is made. */
  readonly folder: string;
}

export type PrepareAnswer =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly message: string; readonly code: string | undefined };

answerOnce(async (request): Promise<PrepareAnswer> => {
  const { source, folder } = request as PrepareRequest;
  try {
    writeFileSync(join(folder, "schema.json"), JSON.stringify(await readSchema(source, folder)));
    compileModule(source, join(folder, "module"));
    return { kind: "done" };
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    return { kind: "failed", message, code };
  }
});
