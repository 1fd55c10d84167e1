/**
 * The other end of fork-once.ts: answers the one message that this process gets, and ends. A terminal sends Ctrl-C to
 * parent and child; the parent decides, so it is not heard here. Without the parent there is nobody to answer to.
 */
export function answerOnce(answer: (request: unknown) => Promise<object>): void {
  process.on("SIGINT", () => undefined);
  process.once("disconnect", () => process.exit());
  process.once("message", (request) => {
    void answer(request).then((given) => process.send?.(given, () => process.disconnect()));
  });
}
