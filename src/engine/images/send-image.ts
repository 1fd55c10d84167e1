import { copyFile, mkdir, rename } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import { writeImageTarball } from "../../machine/oci/image-layout.ts";
import { pushImage } from "../../machine/oci/push-image.ts";
import { formatReference, parseReference } from "../../machine/oci/reference.ts";
import { exportFailed } from "../filesystem/problems.ts";
import { scratchFolder } from "../filesystem/layer-store.ts";
import { removeTree } from "../filesystem/remove-tree.ts";
import { textOf } from "../graph/arguments.ts";
import { RecipeProblem } from "../graph/recipe-problem.ts";
import type { Arguments, Recipe } from "../graph/recipe.ts";
import type { Session } from "../state/session.ts";
import { imagesOf } from "./made-image.ts";
import { loginFor } from "./registry-login.ts";

/** Pushes the container's image. Answers its full name with digest. */
export async function publishImage(
  session: Session,
  container: Recipe,
  args: Arguments,
  signal: AbortSignal,
): Promise<string> {
  const address = textOf(args, "address");
  const reference = parseReference(address);
  if (reference === undefined) throw new RecipeProblem(`${JSON.stringify(address)} is not an image name`);

  const images = await imagesOf(session, container, args, signal);
  const login = await loginFor(
    session,
    await session.container(container, signal),
    reference.registry,
    signal,
  );
  const digest = await pushImage(images, reference, { signal, ...login });
  return formatReference({ ...reference, digest });
}

/** Writes the container's image to a tarball of this machine. Answers its absolute path. */
export async function exportImage(
  session: Session,
  container: Recipe,
  args: Arguments,
  signal: AbortSignal,
): Promise<string> {
  const target = resolve(session.cwd, textOf(args, "path"));
  const images = await imagesOf(session, container, args, signal);
  const folder = await scratchFolder(session.layers);
  try {
    const made = join(folder, "image.tar");
    await writeImageTarball(images, made);
    // Beside its place first: the store may be on another file system.
    const beside = `${target}.${randomUUID()}`;
    await mkdir(dirname(target), { recursive: true });
    await copyFile(made, beside);
    await rename(beside, target);
    return target;
  } catch (error) {
    throw error instanceof Error && "code" in error ? exportFailed(target, error) : error;
  } finally {
    await removeTree(folder);
  }
}
