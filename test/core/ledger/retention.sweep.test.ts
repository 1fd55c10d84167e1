import { expect, test } from "vitest";
import { laterOf, retainUntil, secondAfter } from "../../../src/core/ledger/retention.ts";
import { yearsLater } from "./years-later.ts";

const YEARS = 7;
const FIRST = Date.UTC(2020, 0, 1);
const SPAN = Date.UTC(2060, 0, 1) - FIRST;

/** Numbers that look random and are the same in every run with the same seed (xorshift, Marsaglia 2003). */
function* draws(seed: number): Generator<number, never> {
  for (let state = seed | 1; ;) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield (state >>> 0) / 2 ** 32;
  }
}

test("over a million objects with lives of their own, none ends too early and no date moves back", () => {
  const random = draws(20_261_121);
  const draw = () => random.next().value;
  const text = (instant: number) => new Date(instant).toISOString();
  let objects = 0;
  let early = 0;
  let shortened = 0;
  while (objects < 1_000_000) {
    objects++;
    // Days in a row, so that each 29 February comes up about seventy times.
    const created = Math.floor(FIRST + draw() * SPAN);
    let inEffect = created;
    let held = retainUntil(text(created), undefined, YEARS);
    for (let extension = Math.floor(draw() * 3); extension > 0; extension--) {
      // A clock may also have gone back.
      inEffect += Math.floor((draw() - 0.1) * 3e10);
      const next = laterOf(held, retainUntil(text(created), text(inEffect), YEARS));
      if (secondAfter(next) < secondAfter(held)) shortened++;
      held = next;
      if (secondAfter(held) < yearsLater(inEffect, YEARS)) early++;
    }
    if (secondAfter(held) < yearsLater(created, YEARS)) early++;
  }
  expect({ objects, early, shortened }).toEqual({ objects: 1_000_000, early: 0, shortened: 0 });
});
