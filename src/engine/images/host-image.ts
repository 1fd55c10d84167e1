import { hostBase, type HostTools } from "../../machine/oci/host-base.ts";
import type { HostImageRequest } from "../../machine/oci/host-image-request.ts";
import { postgresInstallations } from "../../machine/postgres/binaries.ts";
import { RecipeProblem } from "../graph/recipe-problem.ts";
import type { Session } from "../state/session.ts";
import { hostRoot } from "./host-root.ts";
import { containerConfig, type ResolvedImage } from "./resolved-image.ts";

/** This machine's Node or Postgres as an image. Throws a RecipeProblem when it has not the major version asked for. */
export async function hostImage(
  session: Session,
  name: string,
  request: HostImageRequest,
  signal: AbortSignal,
): Promise<ResolvedImage> {
  signal.throwIfAborted();
  const found = await hostBase(request, request.tool === "postgres" ? hostTools(request.major) : {});
  if ("problem" in found) {
    throw new RecipeProblem(
      `image ${name}: ${found.problem.says} (${found.problem.hint}; ` +
        "SLIPWAY_IMAGES=registry-first pulls it from a registry)",
    );
  }
  const { base } = found;
  return {
    name: base.name,
    reference: base.name,
    base,
    root: hostRoot(session, base),
    config: containerConfig(base.config),
  };
}

/** The tool chains that are found by looking for them: the Postgres of that major, else any. */
export function hostTools(major?: number): HostTools {
  const all = postgresInstallations();
  const chosen = all.find((one) => one.major === major) ?? all[0];
  return chosen === undefined ? {} : { postgres: { folder: chosen.folder, version: chosen.version } };
}
