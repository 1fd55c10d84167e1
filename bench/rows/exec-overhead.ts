import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@dagger.io/dagger";
import { startEngine } from "../../src/engine/start.ts";
import type { Row } from "../row.ts";

const EXECS = 30;
const LIMIT_MS = 40;

/** What the embedded engine adds to each exec: a chain of uncached execs of /bin/true against starting it directly. */
export async function measure(): Promise<Row> {
  const cacheFolder = mkdtempSync(join(tmpdir(), "slipway-bench-"));
  const before = { port: process.env.DAGGER_SESSION_PORT, token: process.env.DAGGER_SESSION_TOKEN };
  const engine = await startEngine({ cacheFolder });
  process.env.DAGGER_SESSION_PORT = String(engine.port);
  process.env.DAGGER_SESSION_TOKEN = engine.token;
  try {
    const direct = perExec(() => {
      for (let n = 0; n < EXECS; n += 1) spawnSync("/bin/true");
    });
    let inside = Number.NaN;
    await connect(async (dag) => {
      const node = dag.container().from("node:24");
      // The first exec also starts what the session needs once.
      await node.withExec(["/bin/true", "warm up"]).sync();
      let chain = node;
      for (let n = 0; n < EXECS; n += 1) chain = chain.withExec(["/bin/true", String(n)]);
      const began = performance.now();
      await chain.sync();
      inside = (performance.now() - began) / EXECS;
    });
    const value = inside - direct;
    return {
      name: "embedded engine: added to each exec",
      value,
      unit: "ms",
      baseline: direct,
      ratio: null,
      limit: LIMIT_MS,
      ok: value <= LIMIT_MS,
    };
  } finally {
    restore("DAGGER_SESSION_PORT", before.port);
    restore("DAGGER_SESSION_TOKEN", before.token);
    await engine.close();
    rmSync(cacheFolder, { recursive: true, force: true });
  }
}

function perExec(run: () => void): number {
  const began = performance.now();
  run();
  return (performance.now() - began) / EXECS;
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
