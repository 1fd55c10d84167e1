/** Writes files that did not exist before. Nobody ever sees a part of them under their name. */
export interface NewFiles {
  /** Begins a folder. Throws `FILE_EXISTS` (exit 2) when the name is taken. */
  folder(path: string): Promise<NewFolder>;
  /** One file. Throws `FILE_EXISTS` (exit 2) when the name is taken, `FILE_UNWRITABLE` (exit 11). */
  file(path: string, content: Uint8Array): Promise<void>;
}

/** A folder that is there as a whole after `finish`, or not at all. */
export interface NewFolder {
  /** A file of it, its folders made; opening it again empties it. Throws `FILE_UNWRITABLE` (exit 11). */
  open(name: string): NewFile;
  /** Gives the folder its name. */
  finish(): Promise<void>;
  /** Removes what was written. Does nothing after `finish`. */
  abandon(): Promise<void>;
}

export interface NewFile {
  /** Throws `FILE_UNWRITABLE` (exit 11). */
  write(text: string): void;
}
