import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { NoAnswer, type Striker } from "../faults/strike.ts";
import type { AwsService, Caller } from "./aws-call.ts";
import { AwsError } from "./aws-error.ts";
import { Input } from "./input.ts";
import { readForm, writeAnswer, writeError } from "./query.ts";
import { readBody } from "./read-body.ts";
import { readSignature } from "./signature.ts";

// The largest input of the operations we serve is a task definition, 64 KiB on AWS, and a manifest of 4 MiB.
const BODY_LIMIT = 8 * 1024 * 1024;

/** A request that has been told apart: whose operation it is and what it was given. */
interface Told {
  readonly service: AwsService;
  readonly operation: string;
  readonly fields: Record<string, unknown>;
}

/** Who answers, what may go wrong on purpose, and who is told of what goes wrong otherwise. */
export interface Answering {
  readonly services: readonly AwsService[];
  readonly striker: Striker;
  readonly onFault: (fault: unknown) => void;
}

/** Answers one AWS API call on the wire protocol in which it came. A fault of ours is reported and answered as 500. */
export async function answerCall(
  request: IncomingMessage,
  response: ServerResponse,
  { services, striker, onFault }: Answering,
): Promise<void> {
  const requestId = randomUUID();
  let protocol = request.headers["x-amz-target"] === undefined ? "query" : "json";
  let namespace = "https://slipway.invalid/doc/";
  try {
    const caller = signed(request);
    const told = tellApart(request, caller, services, (await readBody(request, BODY_LIMIT)).toString("utf8"));
    protocol = told.service.protocol;
    namespace = told.service.namespace ?? namespace;
    const operation = told.service.operations[told.operation];
    if (operation === undefined) throw unknownOperation(told);
    const call = { operation: told.operation, protocol: told.service.protocol, service: caller.scope };
    const result = await striker.run({ ...call, input: JSON.stringify(told.fields) }, () =>
      operation(new Input(told.fields, told.service.invalidInput), caller),
    );
    if (protocol === "json") sendJson(response, 200, result ?? {}, requestId);
    else
      send(response, 200, "text/xml", writeAnswer(told.operation, namespace, result, requestId), requestId);
  } catch (fault) {
    if (fault instanceof NoAnswer) {
      if (fault.kind === "cut") request.socket.destroy();
      return;
    }
    if (!(fault instanceof AwsError)) onFault(fault);
    const error = fault instanceof AwsError ? fault : internal(protocol);
    if (protocol === "json") {
      response.setHeader("x-amzn-errortype", error.code);
      sendJson(
        response,
        error.status,
        { __type: error.code, message: error.message, ...error.members },
        requestId,
      );
    } else send(response, error.status, "text/xml", writeError(error, namespace, requestId), requestId);
  }
}

function signed(request: IncomingMessage): Caller {
  const caller = readSignature(request.headers.authorization);
  if (caller !== undefined) return caller;
  throw new AwsError("MissingAuthenticationTokenException", "Missing Authentication Token", { status: 403 });
}

function tellApart(
  request: IncomingMessage,
  caller: Caller,
  services: readonly AwsService[],
  body: string,
): Told {
  const target = request.headers["x-amz-target"];
  if (typeof target === "string") {
    const [name = "", operation = ""] = target.split(".");
    const service = services.find((one) => one.protocol === "json" && one.name === name);
    if (service === undefined) throw unknownService(name);
    return { service, operation, fields: parseJson(body) };
  }
  const service = services.find((one) => one.protocol === "query" && one.name === caller.scope);
  if (service === undefined) throw unknownService(caller.scope);
  // The Query protocol may also come as a GET with everything in the address.
  const { action, fields } = readForm(body === "" ? (request.url?.split("?")[1] ?? "") : body);
  return { service, operation: action, fields };
}

function parseJson(body: string): Record<string, unknown> {
  try {
    const value: unknown = body === "" ? {} : JSON.parse(body);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Not JSON: answered as any other body that is no object.
  }
  throw new AwsError("SerializationException", "The request body is not a JSON object.");
}

function unknownService(name: string): AwsError {
  return new AwsError("UnknownOperationException", `The local cloud has no service "${name}".`, {
    status: 400,
  });
}

function unknownOperation(told: Told): AwsError {
  const has = Object.keys(told.service.operations).join(", ");
  const code = told.service.protocol === "json" ? "UnknownOperationException" : "InvalidAction";
  const says = `The local cloud does not know the operation "${told.operation}" of ${told.service.name}; it has ${has}.`;
  return new AwsError(code, says);
}

function internal(protocol: string): AwsError {
  const code = protocol === "json" ? "ServerException" : "InternalFailure";
  return new AwsError(code, "A fault in the local cloud; its log has the details.", { status: 500 });
}

function sendJson(response: ServerResponse, status: number, value: unknown, requestId: string): void {
  send(response, status, "application/x-amz-json-1.1", JSON.stringify(value), requestId);
}

function send(response: ServerResponse, status: number, type: string, body: string, requestId: string): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    "x-amzn-requestid": requestId,
  });
  response.end(body);
}
