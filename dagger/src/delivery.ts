import type { Container, Directory, File } from "@dagger.io/dagger";
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
}

/**
 * Runs a verb of the CLI in its box and answers the JSON document it printed. When it fails the error carries its exit
 * code, and the sentence is the CLI's own.
 */
export async function deliver(slipway: Directory, source: Directory, delivery: Delivery): Promise<string> {
  const app = source.filter({ include: [...CONFIG_FILES, ...(delivery.files ?? [])] });
  let box: Container = (await deliveryBox(slipway)).withDirectory("/app", app);
  if (delivery.release !== undefined) box = box.withFile("/release.json", delivery.release);
  box = await withCredentials(box, delivery.credentials);

  try {
    return await box
      // An exec with the same inputs is not run again; what touches the world must be.
      .withEnvVariable("SLIPWAY_RUN_ID", crypto.randomUUID())
      .withExec(cliArgv(delivery.verb, delivery.options))
      .stdout();
  } catch (error) {
    if (!isFailedExec(error)) throw error;
    throw saying(error, failureSentence(error.exitCode, error.stdout, error.stderr));
  }
}
