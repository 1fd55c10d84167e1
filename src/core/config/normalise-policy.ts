import { normaliseBackup } from "./normalise-backup.ts";
import { normaliseMigrationPolicy } from "./normalise-migration-policy.ts";
import type { WrittenConfig } from "./schema.ts";
import type {
  ApprovalPolicy,
  EnvironmentPolicy,
  OpenHours,
  PromotionPolicy,
  RateLimitPolicy,
  WindowPolicy,
} from "./policy-types.ts";

type Written = WrittenConfig["environments"][string];

const WORK_HOURS: OpenHours = { days: ["mon", "tue", "wed", "thu"], from: "09:00", to: "15:00" };
const WITHIN_HOURS = 24;
const EXPIRE_HOURS = 24;

/** What an environment demands when nothing is written, by its name; any other demands nothing. */
interface Defaults {
  readonly windows: WindowPolicy | undefined;
  readonly rateLimit: RateLimitPolicy | undefined;
  /** The environment that a release passes before; it counts only when there is one of that name. */
  readonly before: string | undefined;
  readonly roles: Readonly<Record<string, number>> | undefined;
  readonly watchSeconds: number;
}

const DEFAULTS: Readonly<Record<string, Defaults>> = {
  production: {
    windows: {
      zone: "America/New_York",
      open: [WORK_HOURS],
      holidays: [],
      blackouts: [],
      overrun: "finish",
    },
    rateLimit: { deployments: 1, hours: 4 },
    before: "staging",
    roles: { "tech-lead": 1, "qa-lead": 1 },
    watchSeconds: 60,
  },
  staging: {
    windows: undefined,
    rateLimit: undefined,
    before: "development",
    roles: { "qa-lead": 1 },
    watchSeconds: 0,
  },
};
const NOTHING: Defaults = {
  windows: undefined,
  rateLimit: undefined,
  before: undefined,
  roles: undefined,
  watchSeconds: 0,
};

/** What an environment demands before it lets a deployment in; `false` is a demand taken away. */
export function normalisePolicy(env: string, written: Written, known: readonly string[]): EnvironmentPolicy {
  const defaults = (Object.hasOwn(DEFAULTS, env) ? DEFAULTS[env] : undefined) ?? NOTHING;
  return {
    windows: unless(written.windows, defaults.windows, windows),
    rateLimit: unless(written.rateLimit, defaults.rateLimit, (limit) => limit),
    promotion: unless(written.promotion, defaultPromotion(defaults.before, known), promotion),
    approvals: unless(
      written.approvals,
      defaults.roles && { roles: defaults.roles, expireHours: EXPIRE_HOURS },
      approvals,
    ),
    rollbackLimitSeconds: written.rollbackLimitSeconds ?? 300,
    watchSeconds: written.watchSeconds ?? defaults.watchSeconds,
    migrations: normaliseMigrationPolicy(env, written),
    backup: normaliseBackup(env, written),
  };
}

function unless<W, P>(
  written: W | false | undefined,
  byDefault: P | undefined,
  fill: (written: W) => P,
): P | undefined {
  if (written === undefined) return byDefault;
  return written === false ? undefined : fill(written);
}

function windows(written: Exclude<Written["windows"], false | undefined>): WindowPolicy {
  const { zone, open, holidays, blackouts, overrun } = written;
  return {
    zone,
    open: open ?? [WORK_HOURS],
    holidays: holidays ?? [],
    blackouts: blackouts ?? [],
    overrun: overrun ?? "finish",
  };
}

function promotion(written: Exclude<Written["promotion"], false | undefined>): PromotionPolicy {
  return { from: written.from, withinHours: written.withinHours ?? WITHIN_HOURS };
}

function defaultPromotion(from: string | undefined, known: readonly string[]): PromotionPolicy | undefined {
  return from !== undefined && known.includes(from) ? { from, withinHours: WITHIN_HOURS } : undefined;
}

function approvals(written: Exclude<Written["approvals"], false | undefined>): ApprovalPolicy {
  return { roles: written.roles, expireHours: written.expireHours ?? EXPIRE_HOURS };
}
