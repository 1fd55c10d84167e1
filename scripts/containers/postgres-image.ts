import { appendFile, chmod, chown, copyFile, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { command } from "./command.ts";

const ENTRYPOINT = fileURLToPath(new URL("./postgres-entrypoint.sh", import.meta.url));
// The shell and tools are for the entrypoint and for testcontainers, which looks for open ports from inside.
const PACKAGES = ["postgresql", "base-files", "bash", "coreutils", "dash", "grep", "mawk", "sed", "tzdata"];
const POSTGRES_UID = 999;

/** Packages that the closure names and a running server does not use: compilers, Perl scripts, installation helpers. */
const UNUSED =
  /^(adduser|debconf|dpkg|gcc-\d+-base|libc-l10n|libllvm\d+|lib.*-perl|libperl[\d.]+|libz3-\d+|locales|openssl|passwd|perl.*|ucf|usrmerge)$/;

/** Whether a file that apt downloaded goes into the image: "libz3-4_4.8.12-3.1_amd64.deb". */
export function isUsed(debFile: string): boolean {
  return debFile.endsWith(".deb") && !UNUSED.test(debFile.slice(0, debFile.indexOf("_")));
}

/**
 * Makes an image from Debian's Postgres packages and gives it to the runtime at `host`. Returns its name. No
 * registry is needed: apt resolves the packages against an empty system, and their files become the root.
 */
export async function buildPostgresImage(folder: string, host: string, signal: AbortSignal): Promise<string> {
  const archives = join(folder, "archives");
  await mkdir(join(archives, "partial"), { recursive: true });
  await writeFile(join(folder, "status"), "");
  const settings = {
    "Dir::State::status": join(folder, "status"),
    "Dir::Cache::archives": archives,
    "APT::Sandbox::User": "root",
  };
  const options = Object.entries(settings).map(([name, value]) => `--option=${name}=${value}`);
  await command(
    [
      "apt-get",
      "-qq",
      "-y",
      "--no-install-recommends",
      "--download-only",
      ...options,
      "install",
      ...PACKAGES,
    ],
    { timeoutMs: 180_000, signal },
  );

  const root = join(folder, "root");
  for (const file of (await readdir(archives)).filter(isUsed)) {
    await command(["dpkg-deb", "--extract", join(archives, file), root], { timeoutMs: 60_000, signal });
  }
  await addOwnFiles(root);
  const [major = ""] = await readdir(join(root, "usr/lib/postgresql"));
  // With the module there and its compiler not, the first large query would fail; without both, jit is off.
  await rm(join(root, "usr/lib/postgresql", major, "lib/llvmjit.so"), { force: true });
  const name = `slipway-test-postgres:${major}`;
  await importRoot(root, major, name, host);
  return name;
}

async function addOwnFiles(root: string): Promise<void> {
  await appendFile(
    join(root, "etc/passwd"),
    `root:x:0:0:root:/root:/bin/sh\npostgres:x:${POSTGRES_UID}:${POSTGRES_UID}::/var/lib/postgresql:/bin/sh\n`,
  );
  await appendFile(join(root, "etc/group"), `root:x:0:\npostgres:x:${POSTGRES_UID}:\n`);
  for (const owned of ["var/run/postgresql", "var/lib/postgresql", "var/lib/postgresql/data"]) {
    await mkdir(join(root, owned), { recursive: true });
    await chown(join(root, owned), POSTGRES_UID, POSTGRES_UID);
  }
  await mkdir(join(root, "tmp"), { recursive: true });
  await chmod(join(root, "tmp"), 0o1777);
  await mkdir(join(root, "usr/local/bin"), { recursive: true });
  await copyFile(ENTRYPOINT, join(root, "usr/local/bin/docker-entrypoint.sh"));
  await chmod(join(root, "usr/local/bin/docker-entrypoint.sh"), 0o755);
}

async function importRoot(root: string, major: string, name: string, host: string): Promise<void> {
  const path = `/usr/lib/postgresql/${major}/bin:/usr/local/bin:/usr/bin:/bin`;
  const changes = [
    'ENTRYPOINT ["docker-entrypoint.sh"]',
    'CMD ["postgres"]',
    "USER postgres",
    `ENV PATH=${path} PGDATA=/var/lib/postgresql/data`,
    "EXPOSE 5432",
  ].flatMap((change) => ["--change", change]);
  const tar = `${root}.tar`;
  await command(["tar", "-c", "-f", tar, "-C", root, "."], { timeoutMs: 60_000 });
  await command(["docker", "--host", host, "import", ...changes, tar, name], { timeoutMs: 60_000 });
}
