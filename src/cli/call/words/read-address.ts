import type { ReadValue } from "./read-value.ts";

/** Reads the address of a core object: a path, a git URL, a secret, `tcp://host:port`, an image. */
export function readAddress(
  type: string,
  text: string,
  ignore: readonly string[],
  absolute: (path: string) => string,
): ReadValue {
  switch (type) {
    case "Directory":
      return directory(text, ignore, absolute);
    case "File":
      return text === ""
        ? { should: "should be the path of a file" }
        : { value: { kind: "file", path: absolute(withoutScheme(text)) } };
    case "Secret":
      return secret(text, absolute);
    case "Service":
      return service(text);
    case "Container":
      return text === ""
        ? { should: "should be an image" }
        : { value: { kind: "container", address: text.replace(/^docker-image:\/\//, "") } };
    default:
      return { should: `cannot be written on the command line: it is a ${type}` };
  }
}

function directory(text: string, exclude: readonly string[], absolute: (path: string) => string): ReadValue {
  if (text === "") return { should: "should be the path of a folder" };
  if (!/^((https?|ssh|git):\/\/|git@)/.test(text)) {
    return { value: { kind: "directory", path: absolute(withoutScheme(text)), exclude } };
  }
  const [url = "", fragment = ""] = text.split("#", 2);
  const colon = fragment.indexOf(":");
  const ref = colon === -1 ? fragment : fragment.slice(0, colon);
  const path = colon === -1 ? "" : fragment.slice(colon + 1);
  return { value: { kind: "git directory", url, ref, path, exclude } };
}

const SECRET_PROVIDERS = ["env", "file", "cmd", "op", "vault", "libsecret", "gcp", "aws+sm", "aws+ps"];

/**
 * `env:NAME`, `file:path` and `cmd:…` are what Dagger's CLI takes; its API wants `env://`, `file://` and `cmd://`. What was
 * typed is not repeated in the answer: it may be the secret itself.
 */
function secret(text: string, absolute: (path: string) => string): ReadValue {
  const [, scheme = "env", rest = text] = /^([a-z][a-z0-9+-]*):(?:\/\/)?(.*)$/s.exec(text) ?? [];
  const named = scheme !== "env" || /^[A-Za-z_][A-Za-z0-9_]*$/.test(rest);
  if (rest === "" || !named || !SECRET_PROVIDERS.includes(scheme)) {
    return { should: "should be env:NAME, file:path or cmd:command, and not the secret itself" };
  }
  return { value: { kind: "secret", uri: `${scheme}://${scheme === "file" ? absolute(rest) : rest}` } };
}

// Only TCP: the SDK writes an enum in an input object as a text, which no engine takes.
function service(text: string): ReadValue {
  const [, host = "", port = ""] = /^(?:tcp:\/\/)?(\[[0-9a-fA-F:]+\]|[^\s/:]+):(\d+)\/?$/.exec(text) ?? [];
  if (host === "" || Number(port) < 1 || Number(port) > 65_535) {
    return { should: `should be tcp://host:port, got "${text}"` };
  }
  return { value: { kind: "service", host: host.replace(/^\[|\]$/g, ""), port: Number(port) } };
}

function withoutScheme(text: string): string {
  return text.replace(/^file:(\/\/)?/, "");
}
