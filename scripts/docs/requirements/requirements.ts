import { OF_HIPAA } from "./of-hipaa.ts";
import { OF_RECORDS } from "./of-records.ts";
import { OF_SIGNATURES } from "./of-signatures.ts";
import type { Requirement } from "./requirement.ts";

/** Every clause that Slipway is measured against, in the order of the law. */
export const REQUIREMENTS: readonly Requirement[] = [...OF_RECORDS, ...OF_SIGNATURES, ...OF_HIPAA];
