import { anchorProblem, type AnchorFault } from "../../core/anchor-problem.ts";

const MEANINGS: Readonly<Record<string, readonly [AnchorFault, string]>> = {
  EACCES: ["ANCHOR_DENIED", "may not be written or read by this user"],
  EPERM: ["ANCHOR_DENIED", "may not be written by this user, or knows no hard links"],
  EROFS: ["ANCHOR_DENIED", "is on a file system that is read-only"],
  ENOSPC: ["ANCHOR_UNREACHABLE", "has no space left"],
  EDQUOT: ["ANCHOR_UNREACHABLE", "has no space left in this user's quota"],
  ENOTDIR: ["ANCHOR_UNREACHABLE", "is no folder"],
  EEXIST: ["ANCHOR_UNREACHABLE", "is no folder"],
};

/** Does what an anchor in a folder has to do, and says what the system's refusals mean. */
export async function translated<T>(place: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    const [fault, says] = MEANINGS[code] ?? (["ANCHOR_UNREACHABLE", `fails with ${code}`] as const);
    throw anchorProblem(fault, place, says, error);
  }
}
