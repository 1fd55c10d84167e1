import { anchorContract } from "../adapters/anchors/anchor-contract.ts";
import { FakeAnchor } from "./fake-anchor.ts";

anchorContract("memory", () =>
  Promise.resolve({
    fresh: () => Promise.resolve(new FakeAnchor()),
    reopened: (anchor) => anchor,
    close: () => Promise.resolve(),
  }),
);
