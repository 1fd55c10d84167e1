import type { HostBase } from "../../machine/oci/host-base.ts";
import type { RunConfig } from "../../machine/oci/image-types.ts";
import type { ContainerConfig, ExposedPort } from "../state/container.ts";
import type { DirectoryTree } from "../state/trees.ts";

/** An image as a container begins from it. */
export interface ResolvedImage {
  /** What is recorded: `host:node@24.21.0`, or the full name with digest. */
  readonly name: string;
  readonly reference: string;
  readonly root: DirectoryTree;
  readonly base: HostBase | undefined;
  readonly config: Omit<ContainerConfig, "annotations">;
}

/** An image's config in our words. */
export function containerConfig(config: RunConfig): ResolvedImage["config"] {
  return {
    env: new Map((config.Env ?? []).map(variable)),
    user: config.User ?? "",
    workdir: config.WorkingDir === undefined || config.WorkingDir === "" ? "/" : config.WorkingDir,
    entrypoint: config.Entrypoint ?? [],
    defaultArgs: config.Cmd ?? [],
    labels: new Map(Object.entries(config.Labels ?? {})),
    ports: Object.keys(config.ExposedPorts ?? {}).map(exposedPort),
  };
}

function variable(written: string): [name: string, value: string] {
  const equals = written.indexOf("=");
  return equals === -1 ? [written, ""] : [written.slice(0, equals), written.slice(equals + 1)];
}

function exposedPort(written: string): ExposedPort {
  const [port = "", protocol = "tcp"] = written.split("/");
  const kind = protocol.toUpperCase() === "UDP" ? "UDP" : "TCP";
  return { port: Number(port), protocol: kind, description: null, skipHealthcheck: false };
}
