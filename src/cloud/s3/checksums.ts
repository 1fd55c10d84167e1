import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { AwsError } from "../wire/aws-error.ts";
import type { S3Request } from "./types.ts";

const HEADER = "x-amz-checksum-";

const ALGORITHMS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  crc32: (bytes) => fourBytes(crc32(bytes)),
  crc32c: (bytes) => reflectedCrc(bytes, 32, 0x82f63b78n),
  // CRC-64/NVME of the catalogue of parametrised CRC algorithms, reflected.
  crc64nvme: (bytes) => reflectedCrc(bytes, 64, 0x9a6c9329ac4bc9b5n),
  sha1: (bytes) => createHash("sha1").update(bytes).digest(),
  sha256: (bytes) => createHash("sha256").update(bytes).digest(),
};

/**
 * Compares the body with every checksum that came with it, before or after it, and answers those that S3 keeps. Throws
 * BadDigest, InvalidRequest or XAmzContentSHA256Mismatch (400).
 */
export function checkBody({ headers, trailers, body }: S3Request): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...headers, ...trailers })) {
    if (!name.startsWith(HEADER) || name === `${HEADER}algorithm` || typeof value !== "string") continue;
    const algorithm = name.slice(HEADER.length);
    const compute = Object.hasOwn(ALGORITHMS, algorithm) ? ALGORITHMS[algorithm] : undefined;
    if (compute === undefined) continue;
    if (compute(body).toString("base64") !== value) {
      const says = `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`;
      throw new AwsError("BadDigest", says);
    }
    kept[name] = value;
  }
  const md5 = headers["content-md5"];
  if (md5 !== undefined && md5 !== createHash("md5").update(body).digest("base64"))
    throw new AwsError("BadDigest", "The Content-MD5 you specified did not match what we received.");
  const signed = headers["x-amz-content-sha256"];
  const isDigest = typeof signed === "string" && /^[0-9a-f]{64}$/.test(signed);
  if (isDigest && signed !== createHash("sha256").update(body).digest("hex")) {
    const says = "The provided 'x-amz-content-sha256' header does not match what was computed.";
    throw new AwsError("XAmzContentSHA256Mismatch", says);
  }
  return kept;
}

function fourBytes(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const TABLES = new Map<bigint, readonly bigint[]>();

function tableOf(polynomial: bigint): readonly bigint[] {
  const known = TABLES.get(polynomial);
  if (known !== undefined) return known;
  const table = Array.from({ length: 256 }, (_, index) => {
    let value = BigInt(index);
    for (let bit = 0; bit < 8; bit++) value = (value & 1n) === 0n ? value >> 1n : (value >> 1n) ^ polynomial;
    return value;
  });
  TABLES.set(polynomial, table);
  return table;
}

function reflectedCrc(bytes: Buffer, bits: number, polynomial: bigint): Buffer {
  const table = tableOf(polynomial);
  const ones = (1n << BigInt(bits)) - 1n;
  let value = ones;
  for (const byte of bytes) value = (value >> 8n) ^ (table[Number((value ^ BigInt(byte)) & 0xffn)] ?? 0n);
  return Buffer.from((value ^ ones).toString(16).padStart(bits / 4, "0"), "hex");
}
