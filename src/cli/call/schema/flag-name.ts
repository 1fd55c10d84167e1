/** The word for a function or an argument on the command line: `withExec` is `with-exec`, `asJSON` is `as-json`. */
export function flagName(name: string): string {
  return name
    .replace(/_$/, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1-$2")
    .toLowerCase();
}
