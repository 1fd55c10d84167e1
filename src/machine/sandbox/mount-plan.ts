import { realpathSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { LAYER_LIMIT } from "./base-namespace.ts";
import { type MachineMount, mountOf, mountsBelow } from "./machine-mounts.ts";
import { type Place, type Shown, findInRoot } from "./root-view.ts";
import { sandboxError } from "./sandbox-error.ts";
import type { RootFileSystem } from "./types.ts";
import { WORKSHOP } from "./workshop.ts";

/** Something to show inside: a folder or file of this machine, or of the workshop. */
export interface Showing {
  readonly target: string;
  /** As this process sees it. */
  readonly source: string;
  /** As the base mount namespace sees it, where that differs. */
  readonly sourceInside?: string;
  readonly writable: boolean;
}

export interface MountPlan {
  /** Lines for `mount -a`, in order (fstab(5)). */
  readonly fstab: readonly string[];
  readonly create: readonly MountPoint[];
}

/** A mount point to create. One in the skeleton layer, below all others, is no change of the root. */
export interface MountPoint {
  /** Absolute: inside for the skeleton, on this machine otherwise. */
  readonly path: string;
  readonly in: "skeleton" | "outside";
  readonly file: boolean;
}

/** The source that the overlay shows in mount tables. */
export const ROOT_NAME = "slipway-root";

const ROOT = `${WORKSHOP}/root`;
const OWN = ["/proc", "/dev"];

/** Decides all mounts of a sandbox. Throws when a layer, bind or mount point cannot be used. */
export function planMounts(
  root: RootFileSystem,
  showings: readonly Showing[],
  skeleton: string,
  machine: readonly MachineMount[],
): MountPlan {
  const create: MountPoint[] = OWN.map((path) => ({ path, in: "skeleton", file: false }));
  create.push({ path: "/tmp", in: "skeleton", file: false });
  const fstab = [
    ...overlay(root, skeleton),
    line("proc", "/proc", "proc", "nosuid,nodev,noexec"),
    line(`${WORKSHOP}/dev`, "/dev", "none", "rbind"),
    line("shm", "/dev/shm", "tmpfs", "nosuid,nodev,mode=1777"),
    line("pts", "/dev/pts", "devpts", "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620"),
  ];
  const shown = new Map<string, Shown>();
  for (const showing of showings) {
    const { target, writable } = showing;
    const source = showing.sourceInside === undefined ? resolveSource(showing) : showing.source;
    const folder = statSync(source).isDirectory();
    const place = findInRoot(root.layers, shown, target);
    if (place.path === "/") throw sandboxError(`nothing can be shown at the root itself, got ${source}`);
    if (place.kind === "missing") create.push(mountPoint(root.upper, place, target, !folder));
    fstab.push(...bind(showing, source, place.path, machine));
    shown.set(place.path, { source, writable });
  }
  return { fstab, create };
}

function overlay(root: RootFileSystem, skeleton: string): string[] {
  const name = basename(root.upper);
  if (!/^[\w.@=+-]+$/.test(name))
    throw sandboxError(`the folder for changes has an unusable name, got "${name}"`);
  if (root.layers.length > LAYER_LIMIT) {
    throw sandboxError(
      `a root may have ${LAYER_LIMIT} layers, got ${root.layers.length}`,
      "merge some of its layers",
    );
  }
  const places = root.layers.map((_, n) => `${WORKSHOP}/layers/${n}`);
  const lower = [...places.toReversed(), skeleton].join(":");
  const upper = `upperdir=${WORKSHOP}/upper/${name},workdir=${WORKSHOP}/upper/${workName(name)}`;
  return [
    ...root.layers.map((layer, n) => entry(layer, `${WORKSHOP}/layers/${n}`, "none", "bind")),
    entry(dirname(root.upper), `${WORKSHOP}/upper`, "none", "bind"),
    // volatile: without it the end of every sandbox waits until the whole disk below `upper` has been synced.
    entry(ROOT_NAME, ROOT, "overlay", `lowerdir=${lower},${upper},userxattr,volatile`),
  ];
}

/** Name of the folder overlayfs needs beside `upper`. */
export function workName(upperName: string): string {
  return `${upperName}.work`;
}

function resolveSource({ source, target }: Showing): string {
  try {
    return realpathSync(source);
  } catch (error) {
    throw sandboxError(`${source} cannot be shown at ${target}: it cannot be read`, "", error);
  }
}

function mountPoint(upper: string, place: Place, target: string, file: boolean): MountPoint {
  if (place.bind === undefined && place.hidden) return { path: upper + place.path, in: "outside", file };
  if (place.bind === undefined) return { path: place.path, in: "skeleton", file };
  if (!place.bind.writable) {
    throw sandboxError(`${target} does not exist and lies in ${place.bind.shown}, which is read-only`);
  }
  const below = place.path.slice(place.bind.shown.length);
  return { path: place.bind.source + below, in: "outside", file };
}

function bind(showing: Showing, source: string, path: string, machine: readonly MachineMount[]): string[] {
  const below = mountsBelow(machine, source);
  // Makes the mount point of a folder where the skeleton's does not show: below an opaque directory of a layer.
  const how = [below.length > 0 ? "rbind" : "bind", "X-mount.mkdir"];
  if (showing.writable) return [line(showing.sourceInside ?? source, path, "none", how.join(","))];
  const locked = mountOf(machine, source)?.locked ?? [];
  return [
    line(source, path, "none", [...how, "ro", ...locked].join(",")),
    ...below.map((mount) => {
      const options = ["remount", "bind", "ro", ...mount.locked];
      return line("none", path + mount.at.slice(source.length), "none", options.join(","));
    }),
  ];
}

function line(source: string, path: string, type: string, options: string): string {
  return entry(source, ROOT + path, type, options);
}

function entry(source: string, at: string, type: string, options: string): string {
  return `${escape(source)} ${escape(at)} ${type} ${options} 0 0`;
}

function escape(path: string): string {
  return path.replace(/[\s\\]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`);
}
