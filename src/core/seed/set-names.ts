/** The one set that production gets: rows without which the app does not work. */
export const REFERENCE = "reference";

/** Beside the sets of environments: what rehearsals fill their own databases with. */
export const REHEARSAL = "rehearsal";
