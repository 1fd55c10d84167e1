/** One line for whoever watches: Dagger shows what a function prints, `slipway call` tells it on stderr. */
export function tell(line: string): void {
  // oxlint-disable-next-line no-console -- a module has no other way to speak while it runs
  console.log(line);
}
