/** How the database keeps tenants apart, and what `migrate rls` demands. */
export interface RlsConfig {
  /** Column that names the tenant; every table that has it is a tenant table. */
  readonly tenantColumn: string;
  /** Setting of the transaction that names the tenant, for example `app.clinic_id`. */
  readonly tenantSetting: string;
  /** Role that the app connects as. */
  readonly appRole: string;
  /** Further settings of the app's transactions. */
  readonly settings: Readonly<Record<string, string>>;
  /** Table → the column that names its tenant, where it is another one. */
  readonly tables: Readonly<Record<string, { readonly tenantColumn: string }>>;
  /** Table, view or function → why the rules do not hold for it. */
  readonly exempt: Readonly<Record<string, string>>;
  /** Percent of the planted mistakes that the probes must notice. */
  readonly mutationScore: number;
}

/** What the app's code relies on. Names without a schema are of `public`. */
export interface ExpectConfig {
  readonly tables: readonly string[];
  /** Table → names of columns. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
  readonly functions: readonly string[];
  /** Table → names of triggers. */
  readonly triggers: Readonly<Record<string, readonly string[]>>;
}

/** Where migrations run, and from where the database is looked at. */
export type RunsConfig =
  /** In the process of the deployment, which reaches the database. */
  | { readonly as: "here" }
  /** In a one-off task of ECS; what is undefined is as the environment's own tasks have it. */
  | {
      readonly as: "ecs-task";
      /** By digest. Its entry point is the CLI, in the version that deploys. */
      readonly image: string;
      readonly cluster?: string | undefined;
      readonly subnets?: readonly string[] | undefined;
      readonly securityGroups?: readonly string[] | undefined;
      readonly taskRole?: string | undefined;
      readonly cpu: number;
      readonly memory: number;
      readonly ledgerSecret?: string | undefined;
    }
  /** In a build of CodeBuild. */
  | {
      readonly as: "codebuild";
      readonly project: string;
      readonly ledgerSecret?: string | undefined;
    };
