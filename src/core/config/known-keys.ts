/** The part of a schema that tells which keys are known at a path. */
interface SchemaNode {
  readonly def: {
    readonly type: string;
    readonly shape?: Readonly<Record<string, SchemaNode>>;
    readonly valueType?: SchemaNode;
    readonly element?: SchemaNode;
    readonly innerType?: SchemaNode;
    readonly options?: readonly SchemaNode[];
  };
}

/** The keys that a schema knows for the object at `path`. */
export function knownKeys(schema: SchemaNode, path: readonly PropertyKey[]): readonly string[] {
  const node = path.reduce<SchemaNode | undefined>(
    (node, key) => (node === undefined ? undefined : step(node, key)),
    unwrap(schema),
  );
  return Object.keys(node?.def.shape ?? {});
}

function step(node: SchemaNode, key: PropertyKey): SchemaNode | undefined {
  const next = node.def.shape?.[String(key)] ?? node.def.valueType ?? node.def.element;
  return next === undefined ? undefined : unwrap(next);
}

function unwrap(node: SchemaNode): SchemaNode {
  return node.def.innerType === undefined ? node : unwrap(node.def.innerType);
}
