import { sandboxAbility } from "../machine/sandbox/ability.ts";
import type { SandboxAbility } from "../machine/sandbox/types.ts";
import { SharedWork } from "./graph/shared-work.ts";
import type { Directory } from "./filesystem/types.ts";
import { containerState } from "./operations/container-state.ts";
import { serviceState } from "./operations/container-service.ts";
import { directoryTree } from "./operations/directory-tree.ts";
import { fileTree } from "./operations/file.ts";
import { type MachineSettings, machineSettings } from "./settings/machine-settings.ts";
import type { ContainerState } from "./state/container.ts";
import type { ServiceState } from "./state/service.ts";
import type { Session } from "./state/session.ts";
import type { DirectoryTree, FileTree } from "./state/trees.ts";

type Parts = Omit<
  Session,
  | "container"
  | "directory"
  | "file"
  | "service"
  | "derive"
  | "machine"
  | "sandbox"
  | "knowDirectory"
  | "knowFile"
>;

/** A session made of its parts: what recipes stand for is worked out once each and remembered. */
export function assembleSession(parts: Parts): Session {
  const containers = new SharedWork<ContainerState>();
  const directories = new SharedWork<DirectoryTree>();
  const files = new SharedWork<FileTree>();
  const services = new SharedWork<ServiceState>();
  const derived = new SharedWork<Directory>();
  const machine = new SharedWork<MachineSettings>();
  const sandbox = new SharedWork<SandboxAbility>();

  const session: Session = {
    ...parts,
    container: async (recipe, signal) =>
      await containers.run(recipe.id, signal, async (later) => await containerState(session, recipe, later)),
    directory: async (recipe, signal) =>
      await directories.run(recipe.id, signal, async (later) => await directoryTree(session, recipe, later)),
    file: async (recipe, signal) =>
      await files.run(recipe.id, signal, async (later) => await fileTree(session, recipe, later)),
    service: async (recipe, signal) =>
      await services.run(recipe.id, signal, async (later) => await serviceState(session, recipe, later)),
    derive: async (key, signal, make) => await derived.run(key, signal, make),
    machine: async (signal) =>
      await machine.run("", signal, async (later) => {
        const settings = await machineSettings(parts.env, parts.cwd, later);
        for (const secret of settings.secrets) parts.secrets.scrubAlso(secret);
        return settings;
      }),
    sandbox: async (signal) =>
      await sandbox.run("", signal, async () => {
        const ability = await sandboxAbility();
        if (ability.note !== "") parts.log({ kind: "note", line: ability.note });
        return ability;
      }),
    knowDirectory: (recipe, tree) => directories.know(recipe.id, tree),
    knowFile: (recipe, tree) => files.know(recipe.id, tree),
  };
  return session;
}
