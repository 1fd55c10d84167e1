import type { Door } from "../endpoint.ts";
import type { Scheduler } from "../scheduler.ts";
import { answerRegistry } from "./answer-registry.ts";
import type { ImageStore } from "./image-store.ts";
import type { RegistryTokens } from "./registry-tokens.ts";

/** The door for everything below `/v2/`. */
export function registryDoor(
  store: ImageStore,
  tokens: RegistryTokens,
  scheduler: Scheduler,
  onFault: (fault: unknown) => void,
): Door {
  return async (request, response) => {
    if (!/^\/v2(\/|$|\?)/.test(request.url ?? "")) return false;
    await answerRegistry(request, response, { store, tokens, now: scheduler.seconds() }, onFault);
    return true;
  };
}
