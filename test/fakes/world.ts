import type { DeploymentPorts, RunOrigin } from "../../src/actions/deployment-ports.ts";
import type { StepName } from "../../src/core/deployment/types.ts";
import { Secret } from "../../src/core/secret.ts";
import type { Caller } from "../../src/ports/identity.ts";
import type { HttpAnswer, HttpRequest } from "../../src/ports/http-probe.ts";
import type { Release } from "../../src/core/release/types.ts";
import { COMMIT } from "../builders/a-release.ts";
import { proofTools } from "../../src/adapters/local/proof-tools.ts";
import { canonicalSha256 } from "../../src/adapters/local/canonical-sha256.ts";
import { FakeBackups } from "./fake-backups.ts";
import { FakeCheckpoints } from "./fake-checkpoints.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakeInspection } from "./fake-inspection.ts";
import { FakeKnownGood } from "./fake-known-good.ts";
import { FakeLedger } from "./fake-ledger.ts";
import { FakeMigrations } from "./fake-migrations.ts";
import { FakePlatform } from "./fake-platform.ts";

/** One run of the CLI: its ports, and a way to kill it. */
export interface FakeProcess {
  readonly ports: DeploymentPorts;
  /** Calls of ports so far. */
  calls(): number;
}

/** Everything outside of Slipway: a cloud, a ledger, a database, a clock. Outlives the processes that use it. */
export class World {
  readonly clock = new FakeClock();
  readonly ledger = new FakeLedger(this.clock);
  readonly backups = new FakeBackups();
  readonly checkpoints = new FakeCheckpoints(() => this.ledger.appended.length);
  readonly knownGood = new FakeKnownGood();
  readonly platform = new FakePlatform();
  readonly migrations = new FakeMigrations();
  readonly inspection = new FakeInspection(this.clock, () => this.migrations.applied);
  readonly images = new Map<string, string>();
  readonly secrets = new Map([
    ["diary/local/database-url", "arn:database-url"],
    ["diary/local/migrate-url", "arn:migrate-url"],
  ]);
  caller: Caller = {
    account: "000000000000",
    region: "us-east-1",
    actor: "arn:aws:iam::000000000000:user/slipway",
  };
  origin: RunOrigin = { host: "host", link: undefined, actor: undefined, tool: "0.0.0" };
  /** How far the platform's clock is ahead of the ledger's. */
  platformAheadMs = 0;
  readonly told: string[] = [];
  onStep: (step: StepName) => void = () => undefined;
  #ids = 0;
  #processes = 0;

  /** Publishes a release: its image is in the registry, its migrations are the files on disk. */
  publish(release: Release): Release {
    for (const { image, digest } of Object.values(release.components)) this.images.set(image, digest);
    this.migrations.files = release.migrations;
    return release;
  }

  /** The version that answers requests to the api; `undefined` when none does. */
  get serving(): string | undefined {
    return this.platform.serving("diary-local-api")?.["SLIPWAY_VERSION"];
  }

  /**
   * A new process. Killed at its nth call of a port, it never does anything again: `before` that call has its effect,
   * or `after` it had, its answer lost.
   */
  process(kill?: { readonly at: number; readonly when: "before" | "after" }): FakeProcess {
    let calls = 0;
    const never = () => new Promise<never>(() => undefined);
    const mortal = <T extends object>(port: T): T =>
      new Proxy(port, {
        get: (target, name) => {
          const value: unknown = Reflect.get(target, name, target);
          if (typeof value !== "function") return value;
          return async (...args: unknown[]) => {
            calls += 1;
            if (kill !== undefined && (calls > kill.at || (calls === kill.at && kill.when === "before")))
              return never();
            const answer: unknown = await value.apply(target, args);
            return kill !== undefined && calls >= kill.at ? never() : answer;
          };
        },
      });

    const id = ++this.#processes;
    return { ports: this.#ports(id, mortal), calls: () => calls };
  }

  #ports(id: number, mortal: <T extends object>(port: T) => T): DeploymentPorts {
    const { clock, ledger, platform, migrations } = this;
    return {
      // A dead process sleeps for ever; a look at the clock kills nobody.
      clock: { now: () => clock.now(), sleep: mortal({ sleep: clock.sleep.bind(clock) }).sleep },
      containers: mortal(platform),
      tasks: mortal(platform),
      backups: mortal(this.backups),
      checkpoints: mortal(this.checkpoints),
      knownGood: mortal(this.knownGood),
      gatekeeping: mortal(ledger.gatekeeping),
      journal: mortal(ledger),
      releases: mortal(ledger),
      leases: mortal(ledger),
      http: mortal({ ask: async (request: HttpRequest) => this.#answer(request) }),
      identity: mortal({
        whoAmI: async () => ({ platformTime: clock.now() + this.platformAheadMs, ...this.caller }),
      }),
      registry: mortal({
        find: async (image: string) => {
          const digest = this.images.get(image);
          return digest === undefined
            ? undefined
            : { digest, mediaType: "application/vnd.oci.image.manifest.v1+json" };
        },
      }),
      secrets: mortal({
        locate: async (name: string) => this.secrets.get(name),
        read: async (name: string) => new Secret(name, `postgres://${name}`),
      }),
      files: mortal({ migrations: async () => migrations.files }),
      openInspection: async () => {
        this.inspection.opened += 1;
        return mortal(this.inspection);
      },
      openMigrations: async ({ demandsRehearsal = false, alertAfterMs }) => {
        migrations.opened += 1;
        migrations.demandsRehearsal = demandsRehearsal;
        migrations.alertAfterMs = alertAfterMs;
        return mortal(migrations);
      },
      reporter: {
        stepBegan: (step) => this.onStep(step),
        note: (says) => this.told.push(says),
        stepEnded: (step, outcome, says) => this.told.push(`${step} ${outcome}: ${says}`),
        problem: ({ says }) => this.told.push(says),
        end: async () => undefined,
      },
      fingerprintOf: canonicalSha256,
      proofTools,
      origin: this.origin,
      newId: () => `deployment-${++this.#ids}`,
      process: `host, process ${id}`,
    };
  }

  #answer({ url }: HttpRequest): HttpAnswer {
    const { host, pathname } = new URL(url);
    const env = this.platform.serving(host);
    if (env === undefined) return { kind: "no-answer", because: "ECONNREFUSED" };
    const version = env["SLIPWAY_VERSION"] ?? "";
    if (pathname === "/version") {
      return { kind: "answer", status: 200, body: JSON.stringify({ version, commit: COMMIT }) };
    }
    const broken = this.platform.behaviours.get(version) === "fails-smoke";
    return { kind: "answer", status: broken ? 500 : 200, body: "" };
  }
}
