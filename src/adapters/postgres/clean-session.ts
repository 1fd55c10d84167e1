/** DISCARD ALL in its parts, because itself it stands alone: settings, roles, temporary tables and all else go. */
export const CLEAN_SESSION = [
  "reset session authorization",
  "reset role",
  "reset all",
  "close all",
  "unlisten *",
  "deallocate all",
  "select pg_advisory_unlock_all()",
  "discard plans",
  "discard temp",
  "discard sequences",
].join("; ");
