import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
  type ContainerDefinition,
  type CreateServiceCommandInput,
  type Service,
  type ServiceDeployment,
  type Task,
} from "@aws-sdk/client-ecs";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { practiceCloud, type PracticeCloud } from "../practice-cloud.ts";
import { until } from "../until.ts";
import { ChildRunner } from "./child-runner.ts";

/** A cloud whose tasks are child processes, with a cluster, a load balancer and shorthands for the usual calls. */
export class PracticeService {
  readonly practice: PracticeCloud;
  readonly runner: ChildRunner;
  readonly url: string;
  readonly targetGroupArn: string;

  private constructor(practice: PracticeCloud, runner: ChildRunner, url: string, targetGroupArn: string) {
    this.practice = practice;
    this.runner = runner;
    this.url = url;
    this.targetGroupArn = targetGroupArn;
  }

  static async begin(programs: Readonly<Record<string, string>>): Promise<PracticeService> {
    const runner = new ChildRunner(programs);
    const practice = await practiceCloud({ runner, compression: 100, startupMs: 1_000 });
    const { ecs, elb } = practice.clients;
    await ecs.send(new CreateClusterCommand({ clusterName: "main" }));
    const balancer = await elb.send(new CreateLoadBalancerCommand({ Name: "web" }));
    const group = await elb.send(
      new CreateTargetGroupCommand({
        Name: "web",
        Port: 3000,
        Protocol: "HTTP",
        TargetType: "ip",
        HealthCheckPath: "/health",
        HealthCheckIntervalSeconds: 5,
        HealthyThresholdCount: 2,
        UnhealthyThresholdCount: 2,
      }),
    );
    const targetGroupArn = group.TargetGroups?.[0]?.TargetGroupArn ?? "";
    const listener = await elb.send(
      new CreateListenerCommand({
        LoadBalancerArn: balancer.LoadBalancers?.[0]?.LoadBalancerArn,
        Port: 80,
        Protocol: "HTTP",
        DefaultActions: [{ Type: "forward", TargetGroupArn: targetGroupArn }],
      }),
    );
    const url = `http://127.0.0.1:${listener.Listeners?.[0]?.Port}`;
    return new PracticeService(practice, runner, url, targetGroupArn);
  }

  get ecs() {
    return this.practice.clients.ecs;
  }

  /** Registers a task definition that runs the "image", and answers its ARN. */
  async register(image: string, container: Partial<ContainerDefinition> = {}): Promise<string> {
    const definition = { name: "app", image, portMappings: [{ containerPort: 3000 }], ...container };
    const answer = await this.ecs.send(
      new RegisterTaskDefinitionCommand({ family: "web", containerDefinitions: [definition] }),
    );
    return answer.taskDefinition?.taskDefinitionArn ?? "";
  }

  async create(taskDefinition: string, options: Partial<CreateServiceCommandInput> = {}): Promise<string> {
    const answer = await this.ecs.send(
      new CreateServiceCommand({
        cluster: "main",
        serviceName: "web",
        taskDefinition,
        desiredCount: 2,
        loadBalancers: [{ targetGroupArn: this.targetGroupArn, containerName: "app", containerPort: 3000 }],
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
        ...options,
      }),
    );
    return answer.service?.currentServiceDeployment ?? "";
  }

  async update(taskDefinition: string): Promise<string> {
    const answer = await this.ecs.send(
      new UpdateServiceCommand({ cluster: "main", service: "web", taskDefinition }),
    );
    return answer.service?.currentServiceDeployment ?? "";
  }

  async service(): Promise<Service> {
    const answer = await this.ecs.send(new DescribeServicesCommand({ cluster: "main", services: ["web"] }));
    return answer.services?.[0] ?? {};
  }

  async deployment(arn: string): Promise<ServiceDeployment> {
    const answer = await this.ecs.send(
      new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }),
    );
    return answer.serviceDeployments?.[0] ?? {};
  }

  /** Waits until a service deployment has ended, one way or another. */
  ended(arn: string): Promise<ServiceDeployment> {
    return until(
      () => this.deployment(arn),
      (one) => one.finishedAt !== undefined,
    );
  }

  async tasks(desiredStatus: "RUNNING" | "STOPPED"): Promise<Task[]> {
    const { taskArns } = await this.ecs.send(new ListTasksCommand({ cluster: "main", desiredStatus }));
    if (taskArns === undefined || taskArns.length === 0) return [];
    const { tasks } = await this.ecs.send(new DescribeTasksCommand({ cluster: "main", tasks: taskArns }));
    return tasks ?? [];
  }

  /** Takes everything down. Fails when a process is left or the cloud had a fault of its own. */
  async close(): Promise<void> {
    await this.practice.close();
    if (this.runner.running > 0) throw new Error(`${this.runner.running} processes are left`);
    if (this.practice.faults.length > 0) throw this.practice.faults[0];
  }
}
