import { expect, test } from "vitest";
import { MessageReader, type PostgresMessage } from "./postgres-messages.ts";

const startUp = Buffer.from([0, 0, 0, 8, 0, 3, 0, 0]);

function message(type: string, text: string): Buffer {
  const body = Buffer.from(`${text}\0`);
  const head = Buffer.alloc(5);
  head.write(type, "latin1");
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function read(
  side: "client" | "server",
  bytes: Buffer,
  chunk: number,
): { seen: PostgresMessage[]; through: Buffer } {
  const seen: PostgresMessage[] = [];
  const reader = new MessageReader(side, (one) => {
    seen.push(one);
    return "pass";
  });
  const through: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += chunk)
    through.push(reader.take(bytes.subarray(at, at + chunk)).bytes);
  return { seen, through: Buffer.concat(through) };
}

test.each([1, 3, 1000])("statements are found however the bytes are cut: %d at a time", (chunk) => {
  const bytes = Buffer.concat([
    startUp,
    message("Q", "select 1"),
    message("P", "\0select $1"),
    message("X", ""),
  ]);

  const { seen, through } = read("client", bytes, chunk);

  expect(seen).toEqual([
    { kind: "other" },
    { kind: "statement", text: "select 1" },
    { kind: "statement", text: "select $1" },
    { kind: "other" },
  ]);
  expect(through).toEqual(bytes);
});

test("the server's readiness is found", () => {
  expect(read("server", Buffer.concat([message("R", "abc"), message("Z", "")]), 1000).seen).toEqual([
    { kind: "other" },
    { kind: "ready" },
  ]);
});

test("a message that is to be cut takes everything after it along", () => {
  const reader = new MessageReader("client", ({ kind }) => (kind === "statement" ? "cut" : "pass"));

  expect(reader.take(Buffer.concat([startUp, message("Q", "select 1")]))).toEqual({
    bytes: Buffer.alloc(0),
    isCut: true,
  });
});
