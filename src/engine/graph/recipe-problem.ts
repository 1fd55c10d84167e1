/** What a pipeline asked for and cannot have, said to its author as it is. Not a fault of the engine. */
export class RecipeProblem extends Error {
  override readonly name = "RecipeProblem";
}
