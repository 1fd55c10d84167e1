import { once } from "node:events";
import { Pool } from "pg";
import { createApi } from "./api.ts";
import { readSettings } from "./settings.ts";
import { stop } from "./stop.ts";

const settings = readSettings(process.env);
const pool = new Pool({
  connectionString: settings.databaseUrl,
  max: 10,
  connectionTimeoutMillis: 2000,
  statement_timeout: 10_000,
  idle_in_transaction_session_timeout: 10_000,
  application_name: "diary-api",
});
// An idle connection that the database cuts is replaced by the pool; it is no reason to end.
pool.on("error", (error) => console.error("lost a database connection:", error.message));

const server = createApi(pool, settings);
server.listen(settings.port, "0.0.0.0");
await once(server, "listening");
const address = server.address();
const port = typeof address === "object" && address !== null ? address.port : settings.port;
console.log(`diary api ${settings.version} listens on port ${port}`);

const signal = await Promise.race(["SIGTERM", "SIGINT"].map((name) => once(process, name).then(() => name)));
console.log(`${signal}: finishing`);
await stop(server, pool);
