import type { AwsService } from "../wire/aws-call.ts";
import type { EcrSurroundings } from "./ecr-surroundings.ts";
import { imageOperations } from "./image-operations.ts";
import { repositoryOperations } from "./repository-operations.ts";

/** Elastic Container Registry: the administration of what the registry holds. */
export function ecrService(ecr: EcrSurroundings): AwsService {
  const { scheduler, tokens, registry } = ecr;

  function getAuthorizationToken(): unknown {
    const { token, expiresAt } = tokens.issue(scheduler.seconds());
    const entry = { authorizationToken: token, expiresAt, proxyEndpoint: `http://${registry()}` };
    return { authorizationData: [entry] };
  }

  return {
    protocol: "json",
    name: "AmazonEC2ContainerRegistry_V20150921",
    invalidInput: "InvalidParameterException",
    operations: {
      ...repositoryOperations(ecr),
      ...imageOperations(ecr),
      GetAuthorizationToken: getAuthorizationToken,
    },
  };
}
