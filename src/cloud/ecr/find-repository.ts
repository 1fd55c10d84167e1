import type { Repository } from "../registry/image-store.ts";
import { AwsError } from "../wire/aws-error.ts";
import type { EcrSurroundings } from "./ecr-surroundings.ts";

/** A repository by its name. Throws RepositoryNotFoundException. */
export function findRepository({ store, account }: EcrSurroundings, name: string): Repository {
  const found = store.find(name);
  if (found !== undefined) return found;
  const says = `The repository with name '${name}' does not exist in the registry with id '${account.id}'`;
  throw new AwsError("RepositoryNotFoundException", says);
}
