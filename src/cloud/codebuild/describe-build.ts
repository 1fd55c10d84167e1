import type { StoredBuild } from "./codebuild-store.ts";

/** A build in AWS's shape. Its variables are not answered: their values may come from secrets. */
export function describeBuild(build: StoredBuild): unknown {
  return {
    id: build.id,
    arn: build.arn,
    buildNumber: build.number,
    projectName: build.project,
    buildStatus: build.status,
    buildComplete: build.status !== "IN_PROGRESS",
    currentPhase: build.phases.at(-1)?.type,
    startTime: build.startedAt / 1000,
    endTime: build.endedAt === undefined ? undefined : build.endedAt / 1000,
    timeoutInMinutes: build.timeoutMinutes,
    environment: { type: "LINUX_CONTAINER", image: build.image, computeType: "BUILD_GENERAL1_SMALL" },
    phases: build.phases.map(({ type, status, startedAt, endedAt, message }) => ({
      phaseType: type,
      phaseStatus: status,
      startTime: startedAt / 1000,
      endTime: endedAt === undefined ? undefined : endedAt / 1000,
      contexts: message === undefined ? [] : [{ message }],
    })),
  };
}
