/** A time as ECS answers it: seconds since the epoch, from milliseconds. */
export function inSeconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
