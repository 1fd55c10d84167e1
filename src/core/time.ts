/** Milliseconds since 1970, UTC. The core never asks for it; it is told. */
export type Instant = number;

/** "0.4 s", "12 s", "2 min 05 s": a duration for people. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;

  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}
