import type { JsonSchema } from "./config-schema.ts";

const HEAD = `# Config reference

Made from \`src/core/config/schema.ts\` by \`npm run docs\`. The file is \`slipway.config.ts\`, \`slipway.config.json\` or
\`slipway.config.yaml\` in the app's folder; \`slipway config\` prints it complete. Editors: put
\`"$schema": "<path to>/docs/config.schema.json"\` into the JSON, or \`satisfies WrittenConfig\` into the TypeScript.
`;

/** The reference of the config: one table of keys, a row for each. */
export function configPage(schema: JsonSchema): string {
  return [HEAD, "| key | what | |", "| --- | --- | --- |", ...rows(schema, ""), ""].join("\n");
}

function rows(schema: JsonSchema, path: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    const name = path === "" ? key : `${path}/${key}`;
    const required = schema.required?.includes(key) === true ? "required" : "";
    const row = `| \`${name}\` | ${cell(kind(inner))} | ${cell([required, inner.description ?? ""].filter(Boolean).join("; "))} |`;
    return [row, ...below(inner, name)];
  });
}

function below(schema: JsonSchema, path: string): string[] {
  const objects =
    (schema.anyOf ?? schema.oneOf)?.filter(
      (one) => one.properties !== undefined || one.items !== undefined,
    ) ?? [];
  if (objects.length > 0) return [...new Set(objects.flatMap((one) => below(one, path)))];
  if (schema.properties !== undefined) return rows(schema, path);
  if (schema.items !== undefined) return below(schema.items, `${path}/0`);
  const values = schema.additionalProperties;
  return typeof values === "object" && values.properties !== undefined ? rows(values, `${path}/<name>`) : [];
}

function kind(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(" or ");
  const ways = schema.anyOf ?? schema.oneOf;
  if (ways !== undefined) return [...new Set(ways.map(kind))].join(" or ");
  if (schema.type === "array")
    return `list of ${schema.items === undefined ? "anything" : kind(schema.items)}`;
  if (schema.type === "integer") return `whole number ${schema.minimum ?? ""}–${schema.maximum ?? ""}`;
  if (schema.type === "object") return schema.properties === undefined ? "object by name" : "object";
  return schema.type === "string" ? "text" : String(schema.type ?? "anything");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
