import type { Socket } from "node:net";

/** Carries bytes both ways between two connections until both directions have ended; a fault on one resets the other. */
export function relay(one: Socket, other: Socket): void {
  for (const socket of [one, other]) {
    socket.setNoDelay(true);
    // One direction may end long before the other; a socket handed over by the hub does not know that yet.
    socket.allowHalfOpen = true;
  }
  one.pipe(other);
  other.pipe(one);
  tie(one, other);
  tie(other, one);
}

function tie(one: Socket, other: Socket): void {
  one.once("error", () => other.resetAndDestroy());
  one.once("close", () => {
    // After a clean end the other side still has to send what it was given.
    if (!one.readableEnded) other.destroy();
  });
}
