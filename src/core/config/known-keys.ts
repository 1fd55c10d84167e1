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

/** The keys that a schema knows for the object at `path`; all of them where it may be one of several. */
export function knownKeys(schema: SchemaNode, path: readonly PropertyKey[]): readonly string[] {
  const nodes = path.reduce<readonly SchemaNode[]>(
    (nodes, key) => nodes.flatMap((node) => step(node, key)),
    unwrap(schema),
  );
  return [...new Set(nodes.flatMap((node) => Object.keys(node.def.shape ?? {})))];
}

function step({ def }: SchemaNode, key: PropertyKey): readonly SchemaNode[] {
  const next = def.shape?.[String(key)] ?? def.valueType ?? def.element;
  return next === undefined ? [] : unwrap(next);
}

function unwrap(node: SchemaNode): readonly SchemaNode[] {
  const { innerType, options } = node.def;
  if (innerType !== undefined) return unwrap(innerType);
  return options === undefined ? [node] : options.flatMap(unwrap);
}
