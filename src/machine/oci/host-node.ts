import { access, realpath } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import type { Problem } from "../../core/errors.ts";
import type { HostBaseFound } from "./host-base.ts";
import type { HostImageRequest } from "./host-image-request.ts";
import { hostSystem } from "./host-system.ts";

/** Search path of the official image. */
export const OFFICIAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const MODULES = "/usr/local/lib/node_modules";

/**
 * The Node that runs Slipway, at /usr/local/bin/node, with this machine's npm, npx and corepack beside it: they run on
 * that Node whatever Node they came with. `env` is where npm is looked for.
 */
export async function nodeBase(
  request: HostImageRequest,
  env: NodeJS.ProcessEnv = process.env,
): Promise<HostBaseFound> {
  const { node: version } = process.versions;
  const problem = wrongNode(request, version, process.release.lts !== undefined);
  if (problem !== undefined) return { problem };

  const system = await hostSystem({ name: "node", id: 1000, home: "/home/node" });
  const binds = [...system.binds, { source: process.execPath, target: "/usr/local/bin/node" }];
  const folders: Record<string, number> = { ...system.folders, [MODULES]: 0o755 };
  const links: Record<string, string> = { ...system.links, "/usr/local/bin/nodejs": "node" };
  for (const { name, folder, programs } of await nodePackages(env)) {
    binds.push({ source: folder, target: `${MODULES}/${name}` });
    folders[`${MODULES}/${name}`] = 0o755;
    for (const [program, file] of Object.entries(programs))
      links[`/usr/local/bin/${program}`] = `../lib/node_modules/${name}/${file}`;
  }
  const files = { ...system.files, "/usr/local/bin/node": { content: "", mode: 0o755 } };
  const config = { Env: [`PATH=${OFFICIAL_PATH}`, `NODE_VERSION=${version}`], Cmd: ["node"] };
  return {
    base: { name: `host:node@${version}`, tool: "node", version, binds, folders, links, files, config },
  };
}

/** Folder of the npm that goes with the Node that runs, or that the machine has; undefined: there is none. */
async function npmFolder(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const places = [
    env["npm_execpath"],
    join(dirname(process.execPath), "..", "lib/node_modules/npm/bin/npm-cli.js"),
    ...(env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "npm")),
    ...["/usr/local/lib", "/usr/lib"].map((lib) => `${lib}/node_modules/npm/bin/npm-cli.js`),
  ];
  for (const place of places) {
    const folder = place === undefined ? undefined : await packageFolder(place, "bin/npm-cli.js");
    // Debian's npm has its dependencies elsewhere, where only Debian's Node finds them.
    if (folder !== undefined && (await exists(join(folder, "node_modules")))) return folder;
  }
  return undefined;
}

async function nodePackages(env: NodeJS.ProcessEnv) {
  const npm = await npmFolder(env);
  if (npm === undefined) return [];
  const found = [
    {
      name: "npm",
      folder: npm,
      programs: { npm: "bin/npm-cli.js", npx: "bin/npx-cli.js" } as Record<string, string>,
    },
  ];
  const corepack = await packageFolder(
    join(npm, "..", "corepack", "dist", "corepack.js"),
    "dist/corepack.js",
  );
  if (corepack !== undefined)
    found.push({ name: "corepack", folder: corepack, programs: { corepack: "dist/corepack.js" } });
  return found;
}

/** The package a program belongs to, when the program is really there (and not another tool of that name). */
async function packageFolder(program: string, file: string): Promise<string | undefined> {
  const real = await realpath(program).catch(() => undefined);
  const folder = real === undefined ? undefined : dirname(dirname(real));
  return folder !== undefined && (await exists(join(folder, file))) ? folder : undefined;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function wrongNode(request: HostImageRequest, version: string, longTerm: boolean): Problem | undefined {
  const major = Number(version.split(".")[0]);
  const wanted = request.major === undefined ? "a long-term version of Node" : `Node ${request.major}`;
  const fits = request.major === undefined ? longTerm || !request.longTerm : request.major === major;
  if (fits) return undefined;
  return {
    code: "HOST_NODE_MAJOR",
    at: request.image,
    says: `it asks for ${wanted}, and this machine runs Node ${version}`,
    hint: `use node:${major}, run Slipway on ${wanted}, or use Dagger Engine`,
  };
}
