// Addresses of the small network between sandboxes and their hub. Only the hub routes them; a machine whose own
// network uses the same ranges merely cannot be reached there from inside.

/** The hub: gateway and name server of every sandbox. */
export const HUB_ADDRESS = "10.98.0.1";

const LAST = 65_534;
const taken = new Set<number>();
let next = 1;

/** An address for one sandbox, and the function that gives it back. */
export function takeAddress(): { readonly number: number; readonly address: string; release(): void } {
  if (taken.size >= LAST) throw new Error(`no address is left for another sandbox, ${LAST} are in use`);
  // Counting on, rather than taking the first free one: the kernel takes a device away some time after its sandbox.
  while (taken.has(next)) next = (next % LAST) + 1;
  const number = next;
  taken.add(number);
  next = (next % LAST) + 1;
  return {
    number,
    address: `10.99.${number >> 8}.${number & 255}`,
    release: () => void taken.delete(number),
  };
}

/** The address under which a sandbox finds its nth alias. Every sandbox may use the same ones for its own. */
export function aliasAddress(n: number): string {
  return `10.98.${1 + (n >> 8)}.${n & 255}`;
}

/** Whether an address belongs to this network. */
export function isOurs(address: string): boolean {
  return address.startsWith("10.98.") || address.startsWith("10.99.");
}

/** What `ip -batch` does once: every destination address becomes one the hub itself answers for. */
export const HUB_SETUP = [
  "link set lo up",
  `addr add ${HUB_ADDRESS}/32 dev lo`,
  "route add local 0.0.0.0/0 dev lo table local",
].join("\n");
