import { access, constants, realpath } from "node:fs/promises";
import type { Bind } from "../../machine/sandbox/types.ts";
import { npmSettings } from "./npm-settings.ts";

/** What every exec gets of this machine's network settings. It is no part of any cache key. */
export interface MachineSettings {
  readonly env: Readonly<Record<string, string>>;
  /** CA files, read-only. */
  readonly binds: readonly Bind[];
  /** Values in `env` that must not be shown. */
  readonly secrets: readonly string[];
}

/** Proxies and package registries: passed on as they are, and nothing else of the caller's environment is. */
const PASSED_ON = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "all_proxy",
  "no_proxy",
  "PIP_INDEX_URL",
  "PIP_EXTRA_INDEX_URL",
  "PIP_TRUSTED_HOST",
  "UV_INDEX_URL",
  "UV_DEFAULT_INDEX",
  "GOPROXY",
  "GONOSUMDB",
  "GOSUMDB",
  "YARN_NPM_REGISTRY_SERVER",
] as const;

/** Variables that name a file of certificates. The file is bound and the variable names its place inside. */
const CERTIFICATES = [
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "CURL_CA_BUNDLE",
  "REQUESTS_CA_BUNDLE",
  "GIT_SSL_CAINFO",
  "PIP_CERT",
  "AWS_CA_BUNDLE",
  "npm_config_cafile",
] as const;

const INSIDE = "/etc/slipway";

/** Collects the settings of this machine: from the environment, and from npm's own configuration. */
export async function machineSettings(
  env: NodeJS.ProcessEnv,
  cwd: string,
  signal: AbortSignal,
): Promise<MachineSettings> {
  const npm = await npmSettings(env, cwd, signal);
  const outside: NodeJS.ProcessEnv = { ...env, ...npm.env };

  const inside: Record<string, string> = { ...npm.env };
  for (const name of PASSED_ON) {
    const value = outside[name];
    if (value !== undefined && value !== "") inside[name] = value;
  }
  const binds = new Map<string, Bind>();
  for (const name of CERTIFICATES) {
    delete inside[name];
    const file = await readableFile(outside[name]);
    if (file === undefined) continue;
    const bind = binds.get(file) ?? { source: file, target: `${INSIDE}/ca-${binds.size}.pem` };
    binds.set(file, bind);
    inside[name] = bind.target;
  }
  return { env: inside, binds: [...binds.values()], secrets: [...npm.secrets, ...proxyPasswords(inside)] };
}

async function readableFile(path: string | undefined): Promise<string | undefined> {
  if (path === undefined || path === "") return undefined;
  try {
    await access(path, constants.R_OK);
    return await realpath(path);
  } catch {
    return undefined;
  }
}

/** Passwords inside the URLs of proxies and registries. */
function proxyPasswords(env: Readonly<Record<string, string>>): string[] {
  return Object.values(env).flatMap((value) => {
    const password = URL.canParse(value) ? new URL(value).password : "";
    return password === "" ? [] : [password, decodeURIComponent(password)];
  });
}
