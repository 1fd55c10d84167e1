/** Where the base mount namespace has its tmpfs. Every Linux has the folder, and no set-up step needs what is in it. */
export const WORKSHOP = "/sys";
