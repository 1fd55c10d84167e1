import { join } from "node:path";
import { SlipwayError } from "../../core/errors.ts";

/** Files and folders of a cloud of a name, below the state folder. */
export interface CloudPlaces {
  readonly name: string;
  readonly folder: string;
  /** The file by which the CLI finds a running cloud. */
  readonly state: string;
  readonly lock: string;
  readonly log: string;
}

/** Throws CLOUD_NAME_INVALID (exit 2) for a name that is no file name. */
export function cloudPlaces(stateFolder: string, name: string): CloudPlaces {
  if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(name)) {
    throw new SlipwayError(
      {
        code: "CLOUD_NAME_INVALID",
        at: "--name",
        says: `"${name}" is no name for a cloud`,
        hint: "use small letters, digits and dashes, at most 32",
      },
      "usage",
    );
  }
  const stem = join(stateFolder, "cloud", name);
  return { name, folder: stem, state: `${stem}.json`, lock: `${stem}.lock`, log: `${stem}.log` };
}
