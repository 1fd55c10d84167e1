import { join } from "node:path";
import { arn, type Account } from "../account.ts";
import { KeptState } from "../kept-state.ts";

export interface StoredProject {
  readonly name: string;
  readonly arn: string;
  /** The image that its builds run in. */
  readonly image: string;
  readonly timeoutMinutes: number;
  /** Answered as it was given. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
  /** How many builds it has had. */
  builds: number;
}

export interface StoredPhase {
  readonly type: "SUBMITTED" | "PROVISIONING" | "BUILD" | "COMPLETED";
  readonly startedAt: number;
  endedAt: number | undefined;
  status: BuildStatus | undefined;
  /** Why it ended so. */
  message: string | undefined;
}

export type BuildStatus = "SUCCEEDED" | "FAILED" | "FAULT" | "TIMED_OUT" | "IN_PROGRESS" | "STOPPED";

export interface StoredBuild {
  /** `<project>:<uuid>`. */
  readonly id: string;
  readonly arn: string;
  readonly project: string;
  readonly number: number;
  readonly image: string;
  readonly timeoutMinutes: number;
  /** By which StartBuild is asked again after a lost answer, what was asked with it, and until when it counts. */
  readonly token: { readonly text: string; readonly asked: string; readonly until: number } | undefined;
  readonly startedAt: number;
  endedAt: number | undefined;
  status: BuildStatus;
  phases: StoredPhase[];
}

interface CodeBuildState {
  readonly projects: Record<string, StoredProject>;
  /** By id, in the order of their start. */
  readonly builds: Record<string, StoredBuild>;
}

/** Projects and builds. */
export class CodeBuildStore {
  readonly state: CodeBuildState;
  readonly account: Account;
  readonly #kept: KeptState<CodeBuildState>;

  constructor(folder: string, account: Account) {
    this.#kept = new KeptState<CodeBuildState>(join(folder, "codebuild.json"), { projects: {}, builds: {} });
    this.state = this.#kept.value;
    this.account = account;
  }

  save(): void {
    this.#kept.save();
  }

  arn(resource: string): string {
    return arn(this.account, "codebuild", resource);
  }

  /** By id or ARN. */
  build(reference: string): StoredBuild | undefined {
    const id = reference.startsWith("arn:") ? reference.slice(reference.indexOf("build/") + 6) : reference;
    return Object.hasOwn(this.state.builds, id) ? this.state.builds[id] : undefined;
  }
}
