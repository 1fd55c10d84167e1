import type { Caller } from "./aws-call.ts";

/** Who signed a request (AWS Signature Version 4); `undefined` when nobody did. */
export function readSignature(authorization: string | undefined): Caller | undefined {
  const credential = /^AWS4-(?:HMAC-SHA256|ECDSA-P256-SHA256) .*?Credential=([^,\s]+)/.exec(
    authorization ?? "",
  )?.[1];
  const [accessKey, , region, scope] = credential?.split("/") ?? [];
  if (accessKey === undefined || region === undefined || scope === undefined) return undefined;
  return { accessKey, region, scope };
}
