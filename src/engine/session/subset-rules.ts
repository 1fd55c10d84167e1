import {
  type ASTVisitor,
  FieldsOnCorrectTypeRule,
  GraphQLError,
  KnownArgumentNamesRule,
  KnownTypeNamesRule,
  specifiedRules,
  type ValidationContext,
  type ValidationRule,
} from "graphql";

/**
 * GraphQL's own rules, but what the schema does not know is said in terms of the two engines: the official SDKs send
 * only what Dagger has, so an unknown name is a part of Dagger that the embedded engine lacks.
 */
export const subsetRules: readonly ValidationRule[] = [
  ...specifiedRules.filter(
    (rule) =>
      rule !== FieldsOnCorrectTypeRule && rule !== KnownArgumentNamesRule && rule !== KnownTypeNamesRule,
  ),
  fieldsInSubset,
  argumentsInSubset,
  typesInSubset,
];

function fieldsInSubset(context: ValidationContext): ASTVisitor {
  return {
    Field(node) {
      const type = context.getParentType();
      if (isKnown(type) && !isKnown(context.getFieldDef())) {
        context.reportError(new GraphQLError(lacks(`${type.name}.${node.name.value}`), { nodes: node }));
      }
    },
  };
}

function argumentsInSubset(context: ValidationContext): ASTVisitor {
  return {
    Argument(node) {
      const type = context.getParentType();
      const field = context.getFieldDef();
      if (!isKnown(type) || !isKnown(field) || isKnown(context.getArgument())) return;
      const name = `${type.name}.${field.name}(${node.name.value}:)`;
      context.reportError(new GraphQLError(lacks(name), { nodes: node }));
    },
  };
}

function typesInSubset(context: ValidationContext): ASTVisitor {
  return {
    NamedType(node) {
      if (context.getSchema().getType(node.name.value) !== undefined) return;
      context.reportError(new GraphQLError(lacks(node.name.value), { nodes: node }));
    },
  };
}

function lacks(name: string): string {
  return `${name} is not part of the embedded engine; Dagger Engine has it`;
}

function isKnown<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
