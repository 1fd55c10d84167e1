import type { SmokeCheck } from "../config/types.ts";
import type { Release } from "../release/types.ts";

/** The check with `{version}` and `{commit}` replaced by the release's, wherever a text may hold them. */
export function fillIn(check: SmokeCheck, release: Pick<Release, "version" | "commit">): SmokeCheck {
  const fill = (text: string) =>
    text.replaceAll("{version}", release.version).replaceAll("{commit}", release.commit);
  return {
    ...check,
    path: fill(check.path),
    headers: mapTexts(check.headers, fill),
    body: check.body === undefined ? undefined : fill(check.body),
    expectJson: Object.fromEntries(
      Object.entries(check.expectJson).map(([path, value]) => [
        path,
        typeof value === "string" ? fill(value) : value,
      ]),
    ),
  };
}

function mapTexts(
  record: Readonly<Record<string, string>>,
  map: (text: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, text]) => [key, map(text)]));
}
