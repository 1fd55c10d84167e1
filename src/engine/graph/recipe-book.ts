import { SlipwayError } from "../../core/errors.ts";
import type { Recipe, TypeName } from "./recipe.ts";

/** The recipes of one session by ID, so that an ID that was handed out can be turned back into its recipe. */
export class RecipeBook {
  readonly #recipes = new Map<string, Recipe>();

  /** Keeps a recipe; an equal one that is already known is answered instead. */
  keep(recipe: Recipe): Recipe {
    const known = this.#recipes.get(recipe.id);
    if (known !== undefined) return known;

    this.#recipes.set(recipe.id, recipe);
    return recipe;
  }

  /** The recipe with that ID. Throws UNKNOWN_ID and WRONG_TYPE. */
  find(id: string, expected?: TypeName): Recipe {
    const recipe = this.#recipes.get(id);
    if (recipe === undefined) {
      throw new SlipwayError(
        {
          code: "UNKNOWN_ID",
          at: "id",
          says: `this session made no object with the ID ${JSON.stringify(id)}`,
          hint: "IDs are valid in the session that answered them",
        },
        "usage",
      );
    }
    if (expected !== undefined && recipe.type !== expected) {
      throw new SlipwayError(
        {
          code: "WRONG_TYPE",
          at: "id",
          says: `expected a ${expected}, got the ID of a ${recipe.type}`,
          hint: `pass a ${expected}`,
        },
        "usage",
      );
    }
    return recipe;
  }
}
