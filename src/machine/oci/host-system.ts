import { lstat, readlink, realpath } from "node:fs/promises";
import type { HostBase } from "./host-base.ts";

type System = Pick<HostBase, "binds" | "folders" | "links" | "files">;

// /usr is bound folder by folder, without /usr/local: that one belongs to the image, as in an official one.
const PLACES = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"]
  .flatMap((name) => [`/${name}`, `/usr/${name}`])
  .concat("/usr/libexec", "/usr/share", "/usr/include", "/nix/store");

// What programs of /usr need of /etc: public certificates (not the private keys beside them), how libraries are found,
// names and times. Whatever else lies in /etc stays out of sight.
const SETTINGS =
  "alternatives ssl/certs ssl/openssl.cnf pki/tls/certs pki/ca-trust ca-certificates ca-certificates.conf ld.so.cache ld.so.conf ld.so.conf.d localtime timezone mime.types protocols services os-release debian_version"
    .split(" ")
    .map((name) => `/etc/${name}`);

const FOLDERS: Readonly<Record<string, number>> = {
  "/tmp": 0o1777,
  "/root": 0o700,
  "/var/tmp": 0o1777,
  ...Object.fromEntries(
    [
      "/dev",
      "/proc",
      "/sys",
      "/run",
      "/etc",
      "/opt",
      "/mnt",
      "/srv",
      "/home",
      "/var/lib",
      "/var/log",
      "/var/cache",
    ]
      .concat(["/usr/local/bin", "/usr/local/sbin", "/usr/local/lib", "/usr/local/share"])
      .map((path) => [path, 0o755]),
  ),
};

/** This machine's programs and libraries as the ground of a root, with the users an official image has. */
export async function hostSystem(user: { name: string; id: number; home: string }): Promise<System> {
  const binds: { source: string; target: string }[] = [];
  const folders: Record<string, number> = { ...FOLDERS, [user.home]: 0o755 };
  const links: Record<string, string> = {};
  const files: Record<string, { content: string; mode: number }> = {
    "/etc/passwd": text(
      "root:x:0:0:root:/root:/bin/sh",
      "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin",
      `${user.name}:x:${user.id}:${user.id}::${user.home}:/bin/sh`,
    ),
    "/etc/group": text("root:x:0:", "nogroup:x:65534:", `${user.name}:x:${user.id}:`),
    "/etc/nsswitch.conf": text("passwd: files", "group: files", "hosts: files dns"),
  };
  for (const path of [...PLACES, ...SETTINGS]) {
    const found = await lstat(path).catch(() => undefined);
    if (found?.isSymbolicLink() === true) {
      const target = await readlink(path);
      // A symlink whose end is not bound as well would lead nowhere inside.
      const end = await realpath(path).catch(() => undefined);
      if (end !== undefined && isShown(end)) links[path] = target;
      else if (end !== undefined) bind(path, end, (await lstat(end)).isDirectory());
    } else if (found?.isDirectory() === true || found?.isFile() === true)
      bind(path, path, found.isDirectory());
  }
  return { binds, folders, links, files };

  function bind(target: string, source: string, isFolder: boolean): void {
    binds.push({ source, target });
    if (isFolder) folders[target] = 0o755;
    else files[target] = { content: "", mode: 0o644 };
  }
}

function isShown(path: string): boolean {
  return PLACES.some((place) => path === place || path.startsWith(`${place}/`));
}

function text(...lines: string[]): { content: string; mode: number } {
  return { content: `${lines.join("\n")}\n`, mode: 0o644 };
}
