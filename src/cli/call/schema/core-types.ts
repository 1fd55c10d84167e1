import type ts from "typescript";
import type { ArgumentSchema, CallSchema, FunctionSchema, ObjectSchema, TypeRef } from "./types.ts";

type TypeScript = typeof ts;

/** Members that are there for programs: `with` takes a callback, an `id` says nothing to a person. */
const SDK_ONLY = ["id", "with"];

/**
 * Dagger's own types and what can be called on them, read from the declarations of the SDK's generated client. `tsc` is
 * the TypeScript package, given so that it is loaded only when the declarations have to be read.
 */
export function readCoreTypes(tsc: TypeScript, declarations: string): Pick<CallSchema, "objects" | "enums"> {
  const file = tsc.createSourceFile("client.gen.d.ts", declarations, tsc.ScriptTarget.ES2022, true);
  const enums: Record<string, string[]> = {};
  const aliases = new Map<string, ts.TypeNode>();
  const classes: ts.ClassDeclaration[] = [];
  for (const statement of file.statements) {
    if (tsc.isEnumDeclaration(statement)) enums[statement.name.text] = enumValues(tsc, statement);
    if (tsc.isTypeAliasDeclaration(statement)) aliases.set(statement.name.text, statement.type);
    if (tsc.isClassDeclaration(statement) && statement.name !== undefined) classes.push(statement);
  }

  const names = new Set(classes.map(({ name }) => name?.text ?? ""));
  const reader = {
    tsc,
    aliases,
    isObject: (name: string) => names.has(name),
    isEnum: (name: string) => name in enums,
  };
  const objects = classes.map((node): [string, ObjectSchema] => {
    const name = node.name?.text ?? "";
    return [name, { name, description: documentation(tsc, node).text, functions: functionsOf(reader, node) }];
  });
  return { objects: Object.fromEntries(objects), enums };
}

interface Reader {
  readonly tsc: TypeScript;
  readonly aliases: ReadonlyMap<string, ts.TypeNode>;
  readonly isObject: (name: string) => boolean;
  readonly isEnum: (name: string) => boolean;
}

function functionsOf(reader: Reader, node: ts.ClassDeclaration): FunctionSchema[] {
  const { tsc } = reader;
  return node.members.flatMap((member) => {
    if (!tsc.isPropertyDeclaration(member) || !tsc.isIdentifier(member.name)) return [];
    if (member.type === undefined || !tsc.isFunctionTypeNode(member.type)) return [];
    if (SDK_ONLY.includes(member.name.text)) return [];
    const { text, parameters } = documentation(tsc, member);
    const { parameters: written, type } = member.type;
    return [
      {
        name: member.name.text,
        description: text,
        arguments: written.flatMap((parameter) => argumentsOf(reader, parameter, parameters)),
        returns: typeOf(reader, type),
      },
    ];
  });
}

function argumentsOf(
  reader: Reader,
  parameter: ts.ParameterDeclaration,
  documented: ReadonlyMap<string, string>,
): ArgumentSchema[] {
  const { tsc } = reader;
  const name = parameter.name.getText();
  if (name !== "opts") {
    const optional = parameter.questionToken !== undefined;
    return [
      { name, description: documented.get(name) ?? "", type: typeOf(reader, parameter.type), optional },
    ];
  }
  const options = reader.aliases.get(parameter.type?.getText() ?? "");
  if (options === undefined || !tsc.isTypeLiteralNode(options)) return [];
  return options.members.flatMap((member) => {
    if (!tsc.isPropertySignature(member)) return [];
    const name = member.name.getText();
    const description = documentation(tsc, member).text;
    const optional = member.questionToken !== undefined;
    return [{ name, description, type: typeOf(reader, member.type), optional, inOptions: true }];
  });
}

function typeOf(reader: Reader, node: ts.TypeNode | undefined): TypeRef {
  const { tsc } = reader;
  if (node === undefined) return { kind: "nothing" };
  if (tsc.isArrayTypeNode(node)) return { kind: "list", of: typeOf(reader, node.elementType) };
  if (tsc.isTypeReferenceNode(node)) return referenced(reader, node);
  switch (node.kind) {
    case tsc.SyntaxKind.StringKeyword:
      return { kind: "text" };
    case tsc.SyntaxKind.NumberKeyword:
      return { kind: "number" };
    case tsc.SyntaxKind.BooleanKeyword:
      return { kind: "boolean" };
    case tsc.SyntaxKind.VoidKeyword:
      return { kind: "nothing" };
    // `string & { __Platform: never }` is how the SDK writes a scalar.
    case tsc.SyntaxKind.IntersectionType:
      return { kind: "text" };
    default:
      return { kind: "unwritable", name: node.getText().replaceAll(/\s+/g, " ") };
  }
}

function referenced(reader: Reader, node: ts.TypeReferenceNode): TypeRef {
  const name = node.typeName.getText();
  if (name === "Promise") return typeOf(reader, node.typeArguments?.[0]);
  if (reader.isObject(name)) return { kind: "object", name };
  if (reader.isEnum(name)) return { kind: "enum", name };
  const alias = reader.aliases.get(name);
  const type: TypeRef = alias === undefined ? { kind: "unwritable", name } : typeOf(reader, alias);
  return type.kind === "unwritable" ? { kind: "unwritable", name } : type;
}

function enumValues(tsc: TypeScript, node: ts.EnumDeclaration): string[] {
  const values = node.members.map(({ initializer }) =>
    initializer !== undefined && tsc.isStringLiteral(initializer) ? initializer.text : "",
  );
  return [...new Set(values)].filter((value) => value !== "");
}

function documentation(
  tsc: TypeScript,
  node: ts.Node,
): { text: string; parameters: ReadonlyMap<string, string> } {
  const parameters = new Map<string, string>();
  let text = "";
  for (const part of tsc.getJSDocCommentsAndTags(node)) {
    if (tsc.isJSDoc(part)) text = tsc.getTextOfJSDocComment(part.comment)?.trim() ?? "";
    for (const tag of tsc.isJSDoc(part) ? (part.tags ?? []) : []) {
      if (tsc.isJSDocParameterTag(tag))
        parameters.set(tag.name.getText(), tsc.getTextOfJSDocComment(tag.comment) ?? "");
    }
  }
  return { text, parameters };
}
