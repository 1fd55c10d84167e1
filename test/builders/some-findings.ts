import type { RlsConfig } from "../../src/core/config/database-types.ts";
import type { RlsFindings } from "../../src/core/rls/types.ts";

/** How an app says that it keeps tenants apart. */
export function anRlsConfig(): RlsConfig {
  return {
    tenantColumn: "clinic_id",
    tenantSetting: "app.clinic_id",
    appRole: "diary_app",
    settings: {},
    tables: {},
    exempt: {},
    mutationScore: 100,
  };
}

/** What a look at one tenant table and a probe of it have found. */
export function someFindings(): RlsFindings {
  const policy = { name: "of_clinic", command: "all", permissive: true, using: "true", check: null } as const;
  return {
    catalog: {
      app: { name: "diary_app", exists: true, superuser: false, bypasses: false, mayBecome: [] },
      tables: [
        {
          name: "public.entries",
          tenantColumn: "clinic_id",
          owner: "diary",
          ownerBypasses: false,
          enabled: true,
          forced: true,
          isPartition: false,
          policies: [{ ...policy, binds: true }],
          appPrivileges: ["SELECT"],
          publicPrivileges: [],
        },
      ],
      views: [],
      definers: [],
    },
    probes: [{ object: "public.entries", kind: "select", as: "app", verdict: "leaked", code: undefined }],
    unprobed: [],
    mutants: undefined,
  };
}
