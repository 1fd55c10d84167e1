import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { readAwsCaller } from "../../core/acts/aws-caller.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { Approver } from "../../ports/approver.ts";
import { clientSettings, type CloudAccess } from "./client-settings.ts";
import { ask } from "./translate-error.ts";

/**
 * Whose the ambient AWS credentials are. Only AWS itself is believed; a practice cloud may stand in for it where
 * `practice` says so.
 */
export function stsApprover(access: CloudAccess, { practice }: { readonly practice: boolean }): Approver {
  return {
    async prove() {
      const client = new STSClient(clientSettings(access));
      // Where the question really went: an endpoint can be set in half a dozen places.
      let host = "";
      client.middlewareStack.add(
        (next) => (args) => {
          const { hostname } = Object(args.request) as { readonly hostname?: unknown };
          if (typeof hostname === "string") host = hostname;
          return next(args);
        },
        { step: "finalizeRequest", name: "slipwaySeesHost", priority: "low" },
      );
      const answer = await ask("sts", "GetCallerIdentity", () =>
        client.send(new GetCallerIdentityCommand({})),
      );
      if (!practice && !isAws(host)) {
        throw refused(
          `${host} is not AWS, and could say anything`,
          "leave AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_STS out",
        );
      }

      const result = readAwsCaller(answer.Arn ?? "", answer.UserId ?? "");
      if (result.kind === "identity") return result.identity;
      throw refused(result.says, result.hint);
    },
  };
}

function isAws(host: string): boolean {
  return /\.(amazonaws\.com(\.cn)?|api\.aws)$/.test(host);
}

function refused(says: string, hint: string): SlipwayError {
  return new SlipwayError({ code: "IDENTITY_REFUSED", at: "aws/sts", says, hint }, "verifyFailed");
}
