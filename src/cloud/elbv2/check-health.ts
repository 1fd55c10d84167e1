import { request } from "node:http";
import { mismatch, REASONS, type Target, type TargetReason } from "./target.ts";
import type { HealthCheckSettings } from "./types.ts";

// The interval is compressed, the patience for an answer is not: this machine does not answer faster than a server.
const LEAST_PATIENCE_MS = 2_000;

/** Asks a target once. `undefined` when its answer is a healthy one, else what was wrong with it. */
export function checkHealth(
  target: Target,
  settings: HealthCheckSettings,
): Promise<TargetReason | undefined> {
  return new Promise((done) => {
    const signal = AbortSignal.timeout(Math.max(settings.timeoutSeconds * 1000, LEAST_PATIENCE_MS));
    const check = request({
      agent: target.agent,
      host: target.host,
      port: target.port,
      path: settings.path,
      headers: { "user-agent": "ELB-HealthChecker/2.0", connection: "close" },
      signal,
    });
    check.on("response", (response) => {
      response.resume();
      response.on("error", () => undefined);
      const status = response.statusCode ?? 0;
      done(matches(settings.matcher, status) ? undefined : mismatch(status));
    });
    check.on("error", () => done(signal.aborted ? REASONS.timeout : REASONS.failed));
    check.end();
  });
}

/** Does a status match `200`, `200,204` or `200-299`? */
export function matches(matcher: string, status: number): boolean {
  return matcher.split(",").some((part) => {
    const [from = NaN, to = from] = part.split("-").map(Number);
    return status >= from && status <= to;
  });
}
