import type { Instant } from "../time.ts";
import { utcText, zoneText } from "./window-time.ts";

/** "wait until 2026-11-23 14:00:00 UTC, mon 2026-11-23 09:00 in America/New_York": told to the second, never too early. */
export function waitUntil(at: Instant, zone: string | undefined): string {
  const whole = Math.ceil(at / 1000) * 1000;
  return `wait until ${utcText(whole)}${zone === undefined ? "" : `, ${zoneText(whole, zone)}`}`;
}
