import { type RemoteInfo, type Socket, createSocket } from "node:dgram";
import { isIPv6 } from "node:net";

/** Longest wait for an answer; resolvers ask again after 5 s. */
const ANSWER_MS = 6_000;
/** Questions under way at once; more are dropped, and asked again by whoever asked. */
const LIMIT = 256;

/** Answers DNS questions that arrive on a socket of the hub by asking this machine's name server. */
export function relayNames(inside: Socket, server: string): void {
  let underWay = 0;
  inside.on("message", (question, from) => {
    if (underWay >= LIMIT) return;
    underWay += 1;
    ask(inside, server, question, from, () => (underWay -= 1));
  });
  inside.on("error", () => undefined);
  inside.unref();
}

function ask(inside: Socket, server: string, question: Buffer, from: RemoteInfo, done: () => void): void {
  const outside = createSocket(isIPv6(server) ? "udp6" : "udp4");
  const timer = setTimeout(() => outside.close(), ANSWER_MS);
  outside.unref();
  timer.unref();
  outside.once("close", () => {
    clearTimeout(timer);
    done();
  });
  outside.once("error", () => outside.close());
  outside.once("message", (answer) => {
    inside.send(answer, from.port, from.address, () => outside.close());
  });
  // A connected socket takes answers from that server alone.
  outside.connect(53, server, () => outside.send(question));
}
