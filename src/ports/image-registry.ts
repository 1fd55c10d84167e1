export interface ImageRegistry {
  /** Does the registry hold this very digest? `undefined` when it does not. Throws when it cannot be asked. */
  find(image: string): Promise<{ readonly digest: string; readonly mediaType: string } | undefined>;
}
