import { dag, ReturnType, type Container, type Directory, type File } from "@dagger.io/dagger";
import { CONFIG_FILES } from "./app-config.js";
import { cliArgv, failureSentence, type Verb } from "./cli-call.js";
import { withCredentials, type Credentials } from "./credentials.js";
import { isFailedExec, saying } from "./failures.js";
import { deliveryBox } from "./toolbox.js";

export interface Delivery {
  readonly verb: Verb;
  readonly options: Readonly<Record<string, string | undefined>>;
  readonly credentials: Credentials;
  /** Files and folders of the app that the verb reads besides the config. */
  readonly files?: readonly string[];
  readonly release?: File;
  readonly plan?: File;
}

/** A plan that is closed or would be refused is an answer all the same. */
const PLANNED = [0, 10, 11];

/**
 * Runs a verb of the CLI in its box and answers the JSON document it printed. When it fails the error carries its exit
 * code, and the sentence is the CLI's own.
 */
export async function deliver(slipway: Directory, source: Directory, delivery: Delivery): Promise<string> {
  const box = await boxOf(slipway, source, delivery);
  try {
    return await box.withExec(cliArgv(delivery.verb, delivery.options)).stdout();
  } catch (error) {
    if (!isFailedExec(error)) throw error;
    throw saying(error, failureSentence(error.exitCode, error.stdout, error.stderr));
  }
}

/** Runs `plan` and answers what it printed as a file, whether or not a deployment would be let in. */
export async function savePlan(slipway: Directory, source: Directory, delivery: Delivery): Promise<File> {
  const box = await boxOf(slipway, source, delivery);
  const cmd = cliArgv(delivery.verb, delivery.options);
  const done = box.withExec(cmd, { expect: ReturnType.Any });
  const [exitCode, stdout, stderr] = [await done.exitCode(), await done.stdout(), await done.stderr()];
  if (PLANNED.includes(exitCode) && isPlan(stdout)) {
    return dag.directory().withNewFile("plan.json", stdout).file("plan.json");
  }
  const sentence = failureSentence(exitCode, stdout, stderr);
  throw Object.assign(new Error(sentence), { cmd, exitCode, stdout, stderr });
}

function isPlan(text: string): boolean {
  const document: unknown = JSON.parse(text);
  return typeof document === "object" && document !== null && "plan" in document;
}

/** The box of a verb that touches the world: with the whole CLI, and never the same twice. */
export async function boxOf(
  slipway: Directory,
  source: Directory,
  delivery: Pick<Delivery, "credentials" | "files" | "release" | "plan">,
): Promise<Container> {
  const app = source.filter({ include: [...CONFIG_FILES, ...(delivery.files ?? [])] });
  let box: Container = (await deliveryBox(slipway)).withDirectory("/app", app);
  if (delivery.release !== undefined) box = box.withFile("/release.json", delivery.release);
  if (delivery.plan !== undefined) box = box.withFile("/plan.json", delivery.plan);
  box = await withCredentials(box, delivery.credentials);
  // An exec with the same inputs is not run again; what touches the world must be.
  return box.withEnvVariable("SLIPWAY_RUN_ID", crypto.randomUUID());
}
