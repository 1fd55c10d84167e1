/** A sentence without what is different each time. */
export function masked(text: string, folder: string): string {
  return text
    .replaceAll(folder, "<app>")
    .replaceAll(/\b\d{4}-\d\d-\d\dT\d\d[:-]\d\d[:-]\d\d(?:[.-]\d+)?Z\b/g, "<time>")
    .replaceAll(/\b(?:[0-9a-f]{64}|[0-9a-f]{12})\b/g, "<hash>")
    .replaceAll(/\b(pid|process) \d+/g, "$1 <pid>")
    .replaceAll(/\bpg_cancel_backend\(\d+\)/g, "pg_cancel_backend(<pid>)")
    .replaceAll(/\bplanted_\d+(?:-[0-9a-f]{8})?\b/g, "<database>")
    .replaceAll(/\bplanted-\d+\b/g, "diary")
    .replaceAll(/\blog_\d+\b/g, "log_<number>")
    .replaceAll(/\b127\.0\.0\.1:\d+/g, "<server>")
    .replaceAll(/\bd-[0-9a-z-]{6,}\b/g, "<deployment>")
    .replaceAll(/\bPostgres \d+(?:\.\d+)?/g, "Postgres <version>")
    .replaceAll(/\bthis is \d+(?:\.\d+)?(?![\d.])/g, "this is <version>")
    .replaceAll(/--major=\d+/g, "--major=<major>")
    .replaceAll(/\btry \d+ in\b/g, "try <n> in")
    .replaceAll(/\b\d+(?:\.\d+)? (?:ms|s|min)\b/g, "<seconds>");
}
