import { expect, test } from "vitest";
import { chooseRuntime, type Machine, systemId } from "../../../scripts/containers/runtime.ts";

const debian: Machine = {
  answers: undefined,
  hasImage: false,
  isRoot: true,
  system: "debian",
  canMount: true,
};
const choose = (difference: Partial<Machine>) => chooseRuntime({ ...debian, ...difference }, "postgres:18");

test("uses the runtime that answers and has the image", () => {
  expect(choose({ answers: "28.1.0", hasImage: true, isRoot: false, system: "fedora" })).toEqual({
    kind: "answers",
    image: "postgres:18",
  });
});

test("runs one of its own on Debian as root", () => {
  expect(choose({})).toEqual({ kind: "private" });
  expect(choose({ answers: "28.1.0" })).toEqual({ kind: "private" });
});

test.each([
  [
    { system: "fedora" },
    "no container runtime answers, and only on Debian one of our own can be installed (this is fedora)",
  ],
  [{ isRoot: false }, "no container runtime answers, and to install Debian's docker.io takes root"],
  [{ canMount: false }, "no container runtime answers, and this process may not mount, which dockerd needs"],
  [
    { answers: "28.1.0", isRoot: false },
    "the container runtime 28.1.0 neither has the image postgres:18 nor can pull it, and to install Debian's docker.io takes root",
  ],
])("says why not: %j", (difference, because) => {
  expect(choose(difference)).toEqual({ kind: "none", because });
});

test("reads the system's name, quoted or not", () => {
  expect(systemId('PRETTY_NAME="Debian GNU/Linux 12"\nVERSION_ID="12"\nID=debian\n')).toBe("debian");
  expect(systemId('ID="rhel"\nID_LIKE="fedora"\n')).toBe("rhel");
  expect(systemId("")).toBe(process.platform);
});
