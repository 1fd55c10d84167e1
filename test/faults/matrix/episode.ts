import { startProber } from "../../../scripts/quickstart/prober.ts";
import { onDatabase, schemaOf, untouchedRows } from "../lab/databases.ts";
import { gather } from "../lab/gather.ts";
import { acknowledged, reportOf, type Run } from "../lab/run.ts";
import { World } from "../lab/world.ts";
import { judge, INVARIANTS } from "../oracle/judge.ts";
import type { CellFacts, End } from "../oracle/facts.ts";
import { noFalseReport } from "../oracle/results.ts";
import type { CellContext, CellResult } from "./cell.ts";
import { recover, recoverAgain } from "./recover.ts";
import type { Scenario } from "./scenarios.ts";

/** What happens between the set-up and the recovery. */
export interface Attack {
  /** Runs the scenario's verb into its fault and answers every run that was made for it. */
  readonly strike: (world: World, scenario: Scenario) => Promise<readonly Run[]>;
  readonly mayEnd?: readonly End[];
  /** What the cell demands besides the twelve rules. */
  readonly expect?: (runs: readonly Run[]) => readonly string[];
  /** Whether the runs were not hit where they were to be. */
  readonly missed?: (runs: readonly Run[]) => boolean;
  /** Stands between the runs and their databases. */
  readonly through?: (url: string) => string;
  /** The recovery waits until the lease runs out by itself. */
  readonly leaseRunsOut?: boolean;
  /** Since when something was unknown, that nothing may be changed without. */
  readonly blindSince?: (runs: readonly Run[]) => number | undefined;
}

/** Requests a second that are sent through the load balancer all the time. */
const PROBE_RATE = 50;

/** Set-up, fault, one recovery, the same again, and the oracle's judgement. */
export async function episode(scenario: Scenario, attack: Attack, context: CellContext): Promise<CellResult> {
  const world = await World.open(`f${context.number}`, context.lab, attack.through);
  try {
    const setUp: Run[] = [];
    for (const version of scenario.setUp) setUp.push(await world.run(["deploy", version]));
    const unready = setUp.find(({ exitCode }) => exitCode !== 0);
    if (unready !== undefined)
      return { broken: [`set-up: exit ${unready.exitCode}: ${unready.stderr}`], checked: [] };
    const url = setUp.map(reportOf).at(-1)?.url;
    const before = await onDatabase(world.databases.app, async (client) => ({
      schema: await schemaOf(client),
      untouched: await untouchedRows(client),
    }));

    const prober = url === undefined || url === null ? undefined : startProber(`${url}/version`, PROBE_RATE);
    const faulted = await attack.strike(world, scenario);
    if (attack.leaseRunsOut !== true) await world.passLeaseTime();
    const recovered = await recover(scenario, world);
    const { again, seqBeforeAgain } = await recoverAgain(scenario, world);
    const probe = await prober?.stop();

    const facts = await gather(world, {
      runs: { setUp, faulted, recovery: recovered, again },
      target: scenario.target,
      before: scenario.before,
      mayEnd: attack.mayEnd ?? endsOf(scenario, faulted),
      blindSince: attack.blindSince?.(faulted),
      seqBeforeAgain,
      probe,
      untouchedBefore: before.untouched,
      schemaBefore: before.schema,
    });
    const broken = [...judge(facts), ...(attack.expect?.(faulted) ?? [])];
    return {
      broken: broken.length === 0 ? broken : [...broken, ...world.runs.slice(setUp.length).map(tell)],
      checked: INVARIANTS.map(({ id }) => id),
      ...(attack.missed?.(faulted) === true && { missed: true }),
      counts: countsOf(facts),
      recoveryMs: recovered.endedAt - recovered.startedAt,
    };
  } finally {
    await world.close();
  }
}

/** Who died before the first record has left nothing that could be gone on with: it stays as it was. */
function endsOf({ ends, before }: Scenario, faulted: readonly Run[]): readonly End[] {
  if (faulted.some((run) => acknowledged(run).length > 0)) return ends;
  return [...ends, before === undefined ? "nothing" : "old"];
}

function countsOf(facts: CellFacts): Readonly<Record<string, number>> {
  const { runs, probe, ledger } = facts;
  const all = [...runs.setUp, ...runs.faulted, runs.recovery, runs.again].filter((run) => run !== undefined);
  const acks = all.flatMap(acknowledged);
  const stored = new Set(ledger.rows.map(({ seq }) => seq));
  return {
    "runs of the product": all.length,
    "requests sent meanwhile": probe?.sent ?? 0,
    "requests failed": probe?.failed ?? 0,
    "records acknowledged": acks.length,
    "acknowledged records lost": acks.filter((seq) => !stored.has(seq)).length,
    "false reports": noFalseReport.check(facts).length,
    "secrets found": facts.secretsFound.length,
  };
}

/** How a run went, for whoever has to find out why a cell failed. */
function tell({ argv, exitCode, signal, stderr }: Run): string {
  const end = signal === null ? `exit ${exitCode}` : signal;
  return `  ${argv[0]}: ${end}\n${stderr.trim().replaceAll(/^/gm, "    ")}`;
}
