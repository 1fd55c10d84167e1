import type { Client } from "@dagger.io/dagger";
import type { Value } from "../words/plan.ts";

export type DaggerClient = Client;

/** The object or plain value that a function of the SDK takes. Nothing is asked of the engine yet. */
export function materialise(dag: DaggerClient, value: Value): unknown {
  switch (value.kind) {
    case "absent":
      return undefined;
    case "plain":
      return value.value;
    case "list":
      return value.items.map((item) => materialise(dag, item));
    case "directory":
      return dag.host().directory(value.path, { exclude: [...value.exclude] });
    case "git directory": {
      const git = dag.git(value.url);
      const tree = (value.ref === "" ? git.head() : git.ref(value.ref)).tree();
      const folder = value.path === "" ? tree : tree.directory(value.path);
      return value.exclude.length === 0 ? folder : folder.filter({ exclude: [...value.exclude] });
    }
    case "file":
      return dag.host().file(value.path);
    case "secret":
      return dag.secret(value.uri);
    case "service":
      return dag.host().service([{ backend: value.port, frontend: value.port }], { host: value.host });
    case "container":
      return dag.container().from(value.address);
    default:
      return value satisfies never;
  }
}
