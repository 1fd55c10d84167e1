import type { ServerResponse } from "node:http";
import type { AwsCall } from "./aws-call.ts";

/** Answers with an error of AWS, in the words of the protocol that was asked in. */
export function answerError(
  response: ServerResponse,
  { protocol }: Pick<AwsCall, "protocol">,
  error: { readonly status: number; readonly code: string; readonly message: string },
): void {
  const { status, code, message } = error;
  if (protocol === "json") {
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1", "x-amzn-errortype": code });
    response.end(JSON.stringify({ __type: code, message }));
    return;
  }
  const type = status < 500 ? "Sender" : "Receiver";
  const fault = `<Error><Type>${type}</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  response.writeHead(status, { "content-type": "text/xml" });
  response.end(
    protocol === "rest"
      ? `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`
      : `<ErrorResponse>${fault}<RequestId>fault</RequestId></ErrorResponse>`,
  );
}
