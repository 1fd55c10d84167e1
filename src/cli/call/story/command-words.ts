/** A command as a person typed it: without the time limit that the module puts before it. */
export function commandWords(argv: readonly string[]): string {
  const limited = argv[0] === "timeout" && argv[1] === "-k";
  return (limited ? argv.slice(4) : argv).join(" ");
}
