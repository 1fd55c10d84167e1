import { createHash, createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { scramVerifier } from "../../../src/machine/postgres/scram-verifier.ts";

// The exchange printed in RFC 7677, section 3.
const SALT = Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64");
const AUTH_MESSAGE = [
  "n=user,r=rOprNGfwEbeRWgbNEkqO",
  "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
  "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
].join(",");

test("makes the keys of the example in RFC 7677", () => {
  const [head, keys] = scramVerifier("pencil", SALT).split(/(?<=\$.*)\$/);
  const [storedKey = "", serverKey = ""] = (keys ?? "").split(":");

  expect(head).toBe("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==");
  const signature = createHmac("sha256", Buffer.from(serverKey, "base64"))
    .update(AUTH_MESSAGE)
    .digest("base64");
  expect(signature).toBe("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
  const clientSignature = createHmac("sha256", Buffer.from(storedKey, "base64"))
    .update(AUTH_MESSAGE)
    .digest();
  const proof = Buffer.from("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "base64");
  const clientKey = proof.map((byte, index) => byte ^ (clientSignature[index] ?? 0));
  expect(createHash("sha256").update(clientKey).digest("base64")).toBe(storedKey);
});

test("salts each verifier anew", () => {
  expect(scramVerifier("pencil")).not.toBe(scramVerifier("pencil"));
});
