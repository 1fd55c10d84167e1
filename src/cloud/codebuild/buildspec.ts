import { parse } from "yaml";

const PHASES = ["install", "pre_build", "build", "post_build"] as const;

/** The commands of a build specification in the order in which they run. */
export function commandsOf(buildspec: string, fault: (says: string) => Error): readonly string[] {
  let spec: unknown;
  try {
    spec = parse(buildspec);
  } catch {
    throw fault("YAML_FILE_ERROR: the buildspec is not YAML");
  }
  const phases = field(spec, "phases");
  const commands = PHASES.flatMap((phase) => {
    const list = field(field(phases, phase), "commands");
    return Array.isArray(list) ? list.map(String) : [];
  });
  if (commands.length === 0) throw fault("YAML_FILE_ERROR: the buildspec has no commands");
  return commands;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
