/** The image that Slipway's own commands run in. The major version is the one Slipway is built for. */
export const NODE_IMAGE = "node:24";
