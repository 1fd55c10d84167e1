/** What the harness tells a racer. */
export type RaceWord = { readonly kind: "try"; readonly env: string } | { readonly kind: "release" };

/** What a racer answers. */
export type RaceAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "released" }
  | { readonly kind: "won"; readonly fence: number; readonly ms: number }
  | { readonly kind: "refused"; readonly says: string; readonly ms: number };
