import type { Platform } from "../../machine/oci/image-types.ts";

/** `linux/arm64/v8` as its parts. */
export function textToPlatform(text: string): Platform {
  const [os = "linux", architecture = "amd64", variant] = text.split("/");
  return variant === undefined ? { os, architecture } : { os, architecture, variant };
}

/** The parts as `linux/arm64/v8`. */
export function platformToText({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join("/");
}

/** The platform of this machine's containers. */
export function defaultPlatform(): string {
  const names: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };
  return `linux/${names[process.arch] ?? process.arch}`;
}
