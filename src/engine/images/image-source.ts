import { join } from "node:path";
import { SlipwayError } from "../../core/errors.ts";
import { hostImageRequest } from "../../machine/oci/host-image-request.ts";
import { parseReference } from "../../machine/oci/reference.ts";
import { RecipeProblem } from "../graph/recipe-problem.ts";
import { SharedWork } from "../graph/shared-work.ts";
import type { ContainerState } from "../state/container.ts";
import type { Session } from "../state/session.ts";
import { hostImage } from "./host-image.ts";
import { pulledImage } from "./pulled-image.ts";
import type { ResolvedImage } from "./resolved-image.ts";

/** What `from("name")` means: an image of a registry, or this machine's own tool chain. */
export class ImageSource {
  readonly #session: () => Session;
  readonly #blobs: string;
  readonly #work = new SharedWork<ResolvedImage>();

  constructor(session: () => Session, cacheFolder: string) {
    this.#session = session;
    this.#blobs = join(cacheFolder, "blobs");
  }

  /**
   * The image of that name. `node:*` and `postgres:*` are this machine's own unless SLIPWAY_IMAGES=registry-first, and
   * then they are when the registry cannot give them. Throws a RecipeProblem that says why and what to do.
   */
  async resolve(name: string, state: ContainerState, signal: AbortSignal): Promise<ResolvedImage> {
    const logins = [...state.registryLogins].map(([address, { username, secret }]) => [
      address,
      username,
      secret.id,
    ]);
    const key = JSON.stringify([name, state.platform, logins]);
    return await this.#work.run(key, signal, async (later) => await this.#resolve(name, state, later));
  }

  async #resolve(name: string, state: ContainerState, signal: AbortSignal): Promise<ResolvedImage> {
    const session = this.#session();
    const reference = parseReference(name);
    if (reference === undefined) throw new RecipeProblem(`${JSON.stringify(name)} is not an image name`);

    const request = hostImageRequest(name);
    const order = imageOrder(session.env);
    if (request !== undefined && order === "host-first")
      return await hostImage(session, name, request, signal);

    try {
      return await pulledImage(session, { reference, blobs: this.#blobs, state }, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof SlipwayError)) throw error;
      if (request !== undefined) {
        session.log({
          kind: "note",
          line: `${name} could not be pulled; this machine's own is used: ${error.message}`,
        });
        return await hostImage(session, name, request, signal);
      }
      throw new RecipeProblem(
        `image ${name} could not be pulled: ${error.message}. ` +
          "Use an image of a registry that this machine reaches (withRegistryAuth for a private one), " +
          "node:* or postgres:*, which need none, or Dagger Engine",
        { cause: error },
      );
    }
  }
}

function imageOrder(env: NodeJS.ProcessEnv): "host-first" | "registry-first" {
  const written = env.SLIPWAY_IMAGES ?? "";
  if (written === "" || written === "host-first") return "host-first";
  if (written === "registry-first") return "registry-first";
  throw new RecipeProblem(`SLIPWAY_IMAGES=${written}: write host-first or registry-first`);
}
