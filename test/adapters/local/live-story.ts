// Tells a story on its own terminal; live-reporter.real.test.ts runs it in one.
import { setTimeout } from "node:timers/promises";
import { liveReporter } from "../../../src/adapters/local/live-reporter.ts";

const reporter = liveReporter(process.stderr);
reporter.stepBegan("wait", "for our own rollout");
await setTimeout(150);
reporter.note("api: 1 of 2 tasks run");
await setTimeout(150);
reporter.stepEnded("wait", "done", "every task runs", 300);
// Begins while the step before is still being drawn, and ends before it is its turn.
reporter.stepBegan("migrate", "the database");
reporter.stepEnded("migrate", "skipped", "nothing pending", 0);
reporter.stepBegan("smoke", "2 checks");
reporter.stepEnded("smoke", "failed", "status 500", 0);
reporter.problem({ code: "SMOKE_FAILED", at: "GET /", says: "status 500", hint: "" });
await reporter.end();
process.stdout.write("the answer\n");
