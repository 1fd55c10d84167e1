import type { RlsFindings } from "../../core/rls/types.ts";
import type { ProbeRowSecurity } from "../../ports/row-security.ts";
import type { RemoteWorker } from "./remote-worker.ts";

/** Probes of a database that only the worker reaches. */
export function remoteRowSecurity(worker: RemoteWorker): ProbeRowSecurity {
  const opening = { handle: worker.newHandle(), what: "row-security" } as const;
  return async (config, { plant, signal }) => {
    const question = { method: "probe", argument: { config, plant } };
    return (await worker.ask(opening, question, { signal })) as RlsFindings;
  };
}
