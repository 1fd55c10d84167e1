// What is asked of a database about row-level security, and what it answers. Names are qualified and quoted where Postgres would.

export type PolicyCommand = "all" | "select" | "insert" | "update" | "delete";

export interface PolicyFacts {
  readonly name: string;
  readonly command: PolicyCommand;
  readonly permissive: boolean;
  /** Expressions as the server prints them; null: it has none. */
  readonly using: string | null;
  readonly check: string | null;
  /** Whether it binds the app's role or the table's owner. */
  readonly binds: boolean;
}

export interface TenantTable {
  readonly name: string;
  readonly tenantColumn: string;
  readonly owner: string;
  /** A superuser, or one with BYPASSRLS: no policy binds it. */
  readonly ownerBypasses: boolean;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly isPartition: boolean;
  readonly policies: readonly PolicyFacts[];
  /** What the app's role may do with it: `SELECT`, `TRUNCATE` … */
  readonly appPrivileges: readonly string[];
  /** What every role may do with it. */
  readonly publicPrivileges: readonly string[];
}

export interface ViewFacts {
  readonly name: string;
  readonly materialized: boolean;
  readonly invoker: boolean;
  readonly appReads: boolean;
  /** Tenant tables that it reads, through other views as well. */
  readonly reads: readonly string[];
}

/** A function that runs with its owner's rights. */
export interface DefinerFacts {
  /** With its argument types. */
  readonly name: string;
  readonly pathFixed: boolean;
  readonly publicMay: boolean;
  /** Its name, when the app may call it without an argument and it answers rows; else null. */
  readonly callable: string | null;
}

export interface RoleFacts {
  /** Quoted where Postgres would. */
  readonly name: string;
  readonly exists: boolean;
  readonly superuser: boolean;
  readonly bypasses: boolean;
  /** Roles that it is or may become and that no policy binds, or that own a tenant table. */
  readonly mayBecome: readonly string[];
}

export interface RlsCatalog {
  readonly app: RoleFacts;
  readonly tables: readonly TenantTable[];
  readonly views: readonly ViewFacts[];
  readonly definers: readonly DefinerFacts[];
}

export type ProbeKind =
  /** Read another tenant's rows. */
  | "select"
  /** Read without a tenant. */
  | "no-tenant"
  /** Read its own rows: what keeps everything from everybody proves nothing. */
  | "own"
  /** Write a row of another tenant. */
  | "insert"
  /** Change another tenant's rows, found by their tenant. */
  | "update"
  | "delete"
  /** Change all rows without looking at one, which policies for SELECT do not bind. */
  | "update-all"
  | "delete-all"
  /** Give an own row to another tenant. */
  | "move"
  /** Switch row-level security off. */
  | "switch-off"
  | "view"
  | "function";

export type Prober = "app" | "owner";

/** What the server said to a probe: how many rows it answered or changed, or the SQLSTATE of its refusal. */
export type ProbeAnswer =
  { readonly kind: "rows"; readonly count: number } | { readonly kind: "refused"; readonly code: string };

/** `blind`: not even its own rows. `unclear`: refused for a reason that is not row-level security. */
export type ProbeVerdict = "kept" | "leaked" | "blind" | "unclear";

export interface ProbeResult {
  /** Table, view or function. */
  readonly object: string;
  readonly kind: ProbeKind;
  readonly as: Prober;
  readonly verdict: ProbeVerdict;
  /** SQLSTATE of an unclear refusal, else undefined. */
  readonly code: string | undefined;
}

export type MutantKind =
  | "rls-off"
  | "no-force"
  | "app-owns"
  | "permissive-policy"
  | "policy-dropped"
  | "using-true"
  | "check-true"
  | "bypassrls";

/** A mistake that is planted to see whether the probes notice it. */
export interface Mutant {
  readonly kind: MutantKind;
  /** Empty for `bypassrls`, which is about the role. */
  readonly table: string;
  readonly policy: string | undefined;
}

export interface MutantResult extends Mutant {
  readonly noticed: boolean;
}

/** All that a run has found. */
export interface RlsFindings {
  readonly catalog: RlsCatalog;
  readonly probes: readonly ProbeResult[];
  /** Tables that were not probed, and why. */
  readonly unprobed: readonly { readonly table: string; readonly because: string }[];
  /** Undefined: none were planted. */
  readonly mutants: readonly MutantResult[] | undefined;
}
