/** For node-pg-migrate, which prints failing statements, whole. */
export const SILENT_LOGGER = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
};

function nothing(): void {
  // Slipway tells the story itself.
}
