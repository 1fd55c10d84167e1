import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Identity } from "../../ports/identity.ts";
import { clientSettings, type CloudAccess } from "./client-settings.ts";
import { ask } from "./translate-error.ts";

/** Who the credentials say we are. `ambientRegion` is the region that the surroundings ask for, if they do. */
export function stsIdentity(access: CloudAccess, ambientRegion: string | undefined): Identity {
  const client = new STSClient(clientSettings(access));
  return {
    async whoAmI() {
      const answer = await ask("sts", "GetCallerIdentity", () =>
        client.send(new GetCallerIdentityCommand({})),
      );
      return {
        account: answer.Account ?? "",
        actor: answer.Arn ?? "",
        region: ambientRegion ?? access.region,
      };
    },
  };
}
