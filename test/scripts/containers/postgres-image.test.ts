import { expect, test } from "vitest";
import { isUsed } from "../../../scripts/containers/postgres-image.ts";

test.each([
  "postgresql-15_15.20-0+deb12u1_amd64.deb",
  "libc6_2.36-9+deb12u14_amd64.deb",
  "libpq5_15.20-0+deb12u1_amd64.deb",
  "libicu72_72.1-3+deb12u1_amd64.deb",
  "libssl3_3.0.22-1~deb12u2_amd64.deb",
  "tzdata_2026f-0+deb12u1_all.deb",
])("keeps %s", (file) => {
  expect(isUsed(file)).toBe(true);
});

test.each([
  "libllvm14_1%3a14.0.6-12_amd64.deb",
  "libz3-4_4.8.12-3.1_amd64.deb",
  "perl-modules-5.36_5.36.0-7+deb12u4_all.deb",
  "libfile-find-rule-perl_0.34-4~deb12u1_all.deb",
  "locales_2.36-9+deb12u14_all.deb",
  "lock",
  "partial",
])("leaves %s out", (file) => {
  expect(isUsed(file)).toBe(false);
});
