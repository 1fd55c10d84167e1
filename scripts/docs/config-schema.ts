import { z } from "zod";
import { writtenConfigSchema } from "../../src/core/config/schema.ts";

/** The part of a JSON Schema that the reference page reads. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly const?: string | number | boolean;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** The schema of `slipway.config.json` for editors. */
export function configJsonSchema(): JsonSchema & Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(writtenConfigSchema, { io: "input", target: "draft-7" });
  return { title: "slipway.config", ...schema } as JsonSchema & Record<string, unknown>;
}
