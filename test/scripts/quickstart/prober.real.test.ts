import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { startProber } from "../../../scripts/quickstart/prober.ts";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/version`;
}

test("keeps its rate, notes each version once and reports no failure of a healthy server", async () => {
  let answered = 0;
  const url = await serve((_, answer) => {
    answered += 1;
    answer.end(JSON.stringify({ version: answered <= 20 ? "1.0.0" : "2.0.0" }));
  });

  const prober = startProber(url, 100);
  await prober.answers(40);
  const report = await prober.stop();

  expect({ failed: report.failed, versions: report.versions, failures: report.failures }).toEqual({
    failed: 0,
    versions: ["1.0.0", "2.0.0"],
    failures: [],
  });
  expect(report.sent).toBe(answered);
  expect(report.perSecond).toBeGreaterThan(50);
});

test("counts an error status, a dropped connection and an answer without a version as failures", async () => {
  let asked = 0;
  const enough = Promise.withResolvers<void>();
  const url = await serve((incoming, answer) => {
    asked += 1;
    if (asked % 3 === 0) answer.writeHead(503).end("no target");
    else if (asked % 3 === 1) incoming.socket.destroy();
    else answer.end("{}");
    if (asked === 9) enough.resolve();
  });

  const prober = startProber(url, 100);
  await enough.promise;
  const report = await prober.stop();

  expect(report.failed).toBe(report.sent);
  expect(report.failures).toContain("HTTP 503: no target");
  expect(report.failures).toContain("no version in the answer: {}");
});
