/** Under what name the anchors keep the signed list of an environment's known good releases. */
export function knownGoodDocument(app: string, env: string): string {
  return `known-good/${app}/${env}`;
}
