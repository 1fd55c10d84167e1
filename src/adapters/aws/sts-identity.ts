import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Identity } from "../../ports/identity.ts";
import { clientSettings, type CloudAccess } from "./client-settings.ts";
import { ask } from "./translate-error.ts";

/** Who the credentials say we are. `ambientRegion` is the region that the surroundings ask for, if they do. */
export function stsIdentity(access: CloudAccess, ambientRegion: string | undefined): Identity {
  const client = new STSClient(clientSettings(access));
  let date: string | undefined;
  // The answer's time stands in its header only, which the SDK does not hand out.
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      date = headerOf(result.response, "date");
      return result;
    },
    { step: "deserialize", name: "slipwayPlatformTime" },
  );

  return {
    async whoAmI() {
      const answer = await ask("sts", "GetCallerIdentity", () =>
        client.send(new GetCallerIdentityCommand({})),
      );
      const platformTime = Date.parse(date ?? "");
      return {
        account: answer.Account ?? "",
        actor: answer.Arn ?? "",
        region: ambientRegion ?? access.region,
        platformTime: Number.isNaN(platformTime) ? undefined : platformTime,
      };
    },
  };
}

function headerOf(response: unknown, name: string): string | undefined {
  if (typeof response !== "object" || response === null || !("headers" in response)) return undefined;
  const { headers } = response;
  if (typeof headers !== "object" || headers === null) return undefined;
  const [, value] = Object.entries(headers).find(([key]) => key.toLowerCase() === name) ?? [];
  return typeof value === "string" ? value : undefined;
}
