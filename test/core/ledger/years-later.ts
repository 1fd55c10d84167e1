/** So many years later by the calendar of the language, which carries what a month does not have into the next. */
export function yearsLater(instant: number, years: number): number {
  const date = new Date(instant);
  return date.setUTCFullYear(date.getUTCFullYear() + years);
}
