import { expect, test } from "vitest";
import { Recipe } from "../../../src/engine/graph/recipe.ts";
import { RecipeBook } from "../../../src/engine/graph/recipe-book.ts";

const base = () => new Recipe("Directory", "Query.directory", undefined, {});

test("equal recipes have equal IDs, in whatever order their arguments were written", () => {
  const one = new Recipe("Directory", "Directory.withNewFile", base(), { path: "a", contents: "1" });
  const two = new Recipe("Directory", "Directory.withNewFile", base(), { contents: "1", path: "a" });

  expect(one.id).toBe(two.id);
  expect(one.id).toMatch(/^Directory:[\w-]{43}$/);
});

test("any difference makes another ID", () => {
  const file = new Recipe("File", "Query.file", undefined, { name: "f" });
  const ids = [
    base(),
    new Recipe("Directory", "Directory.withNewFile", base(), { path: "a" }),
    new Recipe("Directory", "Directory.withNewFile", base(), { path: "b" }),
    new Recipe("Directory", "Directory.withFile", base(), { path: "a", source: file }),
    new Recipe("Directory", "Directory.withFile", base(), { path: "a", source: file.id }),
    new Recipe("Directory", "Directory.withFile", undefined, { path: "a", source: file }),
  ].map(({ id }) => id);

  expect(new Set(ids).size).toBe(ids.length);
});

test("the book gives back the recipe it already has", () => {
  const book = new RecipeBook();
  const first = book.keep(base());

  expect(book.keep(base())).toBe(first);
  expect(book.find(first.id, "Directory")).toBe(first);
});
