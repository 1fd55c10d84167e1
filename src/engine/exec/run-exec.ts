import { readFile } from "../filesystem/read.ts";
import type { Directory } from "../filesystem/types.ts";
import { withNewFile } from "../filesystem/with-file.ts";
import { RecipeProblem } from "../graph/recipe-problem.ts";
import { fileOf } from "../operations/container-places.ts";
import type { ExecRequest } from "../operations/exec-key.ts";
import { isWithin } from "../operations/container-paths.ts";
import type { ContainerState } from "../state/container.ts";
import type { ExecOutcome } from "../state/exec.ts";
import type { Session } from "../state/session.ts";
import { ExecError } from "./exec-error.ts";
import { exitCodeOf, isExpected } from "./expectation.ts";
import { freezeChanges } from "./freeze-changes.ts";
import { launch } from "./launch.ts";
import { Output } from "./output.ts";

const MOST_OUTPUT_BYTES = 128 * 1024 * 1024;

/** Runs one exec in a sandbox and makes layers of what it wrote. Throws ExecError. */
export async function runExec(
  session: Session,
  state: ContainerState,
  request: ExecRequest,
  id: number,
  signal: AbortSignal,
): Promise<ExecOutcome> {
  const tooMuch = new AbortController();
  const output = new Output({
    scrubber: () => session.secrets.scrubber(),
    onLine: (line, stream) => session.log({ kind: "output", id, stream, line }),
    limit: MOST_OUTPUT_BYTES,
    onOverflow: () => tooMuch.abort(new RecipeProblem(`the exec wrote more than ${MOST_OUTPUT_BYTES} bytes`)),
  });
  const stdin = await stdinOf(state, request, signal);
  const argv = request.argv.map((word) => session.secrets.scrub(word));
  const base = state.baseName;

  const until = AbortSignal.any([signal, tooMuch.signal]);
  const launched = await launch(session, state, {
    argv: request.argv,
    onOutput: (chunk, stream) => output.write(chunk, stream),
    signal: until,
    ...(stdin === undefined ? {} : { stdin }),
  });
  session.log({ kind: "exec-started", id, argv, base });
  const began = performance.now();
  try {
    const exit = await launched.sandbox.exited;
    until.throwIfAborted();
    output.end();
    const exitCode = exitCodeOf(exit);
    const seconds = (performance.now() - began) / 1000;
    session.log({ kind: "exec-finished", id, argv, base, cached: false, seconds, exitCode });

    const stdout = output.bytes("stdout");
    const stderr = output.bytes("stderr");
    const texts = { stdout: stdout.toString(), stderr: stderr.toString() };
    if (!isExpected(exitCode, request.expect)) throw new ExecError({ argv, exitCode, ...texts });

    const frozen = await freezeChanges(session, launched, exit);
    const written = await redirect(session, frozen, [
      [request.stdoutTo, stdout],
      [request.stderrTo, stderr],
    ]);
    return { exitCode, ...texts, combined: output.combined(), ...written };
  } finally {
    await launched.release();
  }
}

async function stdinOf(
  state: ContainerState,
  request: ExecRequest,
  signal: AbortSignal,
): Promise<string | Uint8Array | undefined> {
  if (request.stdinFrom === undefined) return request.stdin === "" ? undefined : request.stdin;
  const file = await fileOf(state, request.stdinFrom, signal);
  return await readFile(await file.open(signal));
}

/** Writes streams to files of the container, as `redirectStdout` and `redirectStderr` ask. */
async function redirect(
  session: Session,
  frozen: Pick<ExecOutcome, "root" | "mounts">,
  files: readonly (readonly [path: string | undefined, content: Buffer])[],
): Promise<Pick<ExecOutcome, "root" | "mounts">> {
  let { root, mounts } = frozen;
  for (const [path, content] of files) {
    if (path === undefined) continue;
    const write = async (snapshot: Directory["snapshot"]) =>
      (await withNewFile(session.layers, { snapshot, path: "" }, path.slice(1), content)).snapshot;
    const mount = Object.keys(mounts)
      .filter((candidate) => isWithin(path, candidate))
      .toSorted((a, b) => b.length - a.length)[0];
    const mounted = mount === undefined ? undefined : mounts[mount];
    if (mount === undefined || mounted === undefined) root = await write(root);
    else mounts = { ...mounts, [mount]: await write(mounted) };
  }
  return { root, mounts };
}
