/** Whether a text can be the name of a cluster, a service or a family of task definitions. */
export function isEcsName(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,255}$/.test(text);
}
