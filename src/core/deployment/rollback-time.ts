import type { Problem } from "../errors.ts";
import type { RolloutSettings } from "./service.ts";

/** One part of the time that a way back may take, and the setting that makes it so long. */
export interface TimePart {
  readonly seconds: number;
  readonly says: string;
}

export interface RollbackTime {
  readonly seconds: number;
  readonly parts: readonly TimePart[];
}

// Fargate pulls the image and starts the process in less than this.
const START_SECONDS = 60;
/** For all calls of the platform together, with their retries. */
const CALLS_SECONDS = 30;

/**
 * Most seconds that the way back may take, from what the platform is set to. Services go back side by side, so the
 * slowest one counts; its tasks are replaced in as many rounds as its surge makes necessary.
 */
export function worstRollbackTime(
  services: readonly {
    readonly component: string;
    readonly desired: number;
    readonly settings: RolloutSettings;
  }[],
  smokeTimeoutSeconds: number,
): RollbackTime {
  const all = services.map(partsOf).sort((a, b) => sum(b) - sum(a));
  const parts = [
    { seconds: CALLS_SECONDS, says: "calls of the platform" },
    ...(all[0] ?? []),
    { seconds: smokeTimeoutSeconds, says: "smoke test (smokeTimeoutSeconds)" },
  ];
  return { seconds: sum(parts), parts };
}

/** Why the way back does not fit the limit, with what each part costs and which setting is the largest. */
export function rollbackTooSlow(time: RollbackTime, limitSeconds: number, at: string): Problem | undefined {
  if (time.seconds <= limitSeconds) return undefined;
  const costs = time.parts.map(({ seconds, says }) => `${seconds} s ${says}`).join(", ");
  const largest = [...time.parts].sort((a, b) => b.seconds - a.seconds)[0];
  return {
    code: "ROLLBACK_TOO_SLOW",
    at,
    says: `a rollback could take ${time.seconds} s, the limit is ${limitSeconds} s: ${costs}`,
    hint: `shorten first: ${largest?.says ?? "the platform's waits"}; or raise rollbackLimitSeconds`,
  };
}

function partsOf({
  component,
  desired,
  settings,
}: {
  readonly component: string;
  readonly desired: number;
  readonly settings: RolloutSettings;
}): TimePart[] {
  const atOnce = Math.max(1, Math.floor(desired * settings.surge));
  const rounds = Math.max(1, Math.ceil(desired / atOnce));
  const each = rounds === 1 ? component : `${component}, in ${rounds} rounds`;
  const { healthIntervalSeconds: interval, healthyThreshold, drainSeconds, stopSeconds } = settings;
  return [
    { seconds: rounds * START_SECONDS, says: `start of the tasks of ${each}` },
    {
      seconds: rounds * interval * healthyThreshold,
      says: `health check of ${each} (every ${interval} s, ${healthyThreshold} times: the target group's interval and healthy threshold)`,
    },
    {
      seconds: rounds * drainSeconds,
      says: `draining of ${each} (the target group's deregistration delay)`,
    },
    { seconds: rounds * stopSeconds, says: `stop of the old tasks of ${each} (the container's stopTimeout)` },
  ];
}

function sum(parts: readonly TimePart[]): number {
  return parts.reduce((total, { seconds }) => total + seconds, 0);
}
