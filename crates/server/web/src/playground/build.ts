// Clicks an operation together: adds fields and arguments to it, and takes them out again.
import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type VariableDefinitionNode,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isUnionType,
  parseType,
  print,
  visit,
} from "graphql";

/** A step from a selection to one inside it: a field, or what only one type has. */
export type Step = { field: string } | { on: string };

/** An operation as text, and values for the variables that it declares anew. */
export interface Built {
  text: string;
  variables: Record<string, unknown>;
}

const name = (value: string) => ({ kind: Kind.NAME, value }) as const;
const setOf = (selections: SelectionNode[]): SelectionSetNode => ({ kind: Kind.SELECTION_SET, selections });

/** Whether a selection is what a step leads to. */
const isAt = (one: SelectionNode, step: Step): boolean =>
  "field" in step ? one.kind === Kind.FIELD && one.name.value === step.field : one.kind === Kind.INLINE_FRAGMENT && one.typeCondition?.name.value === step.on;

/** What a step leads to in a selection. */
export const selected = (set: SelectionSetNode | undefined, step: Step): Exclude<SelectionNode, { kind: Kind.FRAGMENT_SPREAD }> | undefined =>
  set?.selections.find((one): one is Exclude<SelectionNode, { kind: Kind.FRAGMENT_SPREAD }> => one.kind !== Kind.FRAGMENT_SPREAD && isAt(one, step));

/** The fields of a type by name; a union has none of its own. */
export function fieldsOf(type: GraphQLNamedType): Record<string, GraphQLField<unknown, unknown>> {
  return isCompositeType(type) && !isUnionType(type) ? type.getFields() : {};
}

/** An operation under construction. */
class Work {
  readonly declared: VariableDefinitionNode[];
  readonly variables: Record<string, unknown> = {};

  constructor(
    readonly schema: GraphQLSchema,
    operation: OperationDefinitionNode | undefined,
  ) {
    this.declared = [...(operation?.variableDefinitions ?? [])];
  }

  /** An argument that takes a variable of its own. */
  argument(field: string, arg: GraphQLArgument): ArgumentNode {
    const wanted = [arg.name, field + arg.name[0]!.toUpperCase() + arg.name.slice(1)];
    const taken = new Set(this.declared.map((one) => one.variable.name.value));
    for (let n = 2; wanted.every((one) => taken.has(one)); n += 1) wanted.push(`${wanted[1]}${n}`);
    const free = wanted.find((one) => !taken.has(one))!;
    this.declared.push({ kind: Kind.VARIABLE_DEFINITION, variable: { kind: Kind.VARIABLE, name: name(free) }, type: parseType(String(arg.type)) });
    if (isNonNullType(arg.type)) this.variables[free] = blank(arg);
    return { kind: Kind.ARGUMENT, name: name(arg.name), value: { kind: Kind.VARIABLE, name: name(free) } };
  }

  field(field: GraphQLField<unknown, unknown>, inside?: SelectionNode[]): FieldNode {
    const type = getNamedType(field.type);
    const args = field.args.filter(isRequiredArgument).map((arg) => this.argument(field.name, arg));
    const selections = isCompositeType(type) ? (inside ?? this.usual(type, 0)) : undefined;
    return { kind: Kind.FIELD, name: name(field.name), arguments: args, ...(selections && { selectionSet: setOf(selections) }) };
  }

  /** What is asked of an object until somebody chooses: the items of a list, what a noun is called, else the first that needs nothing. */
  usual(type: GraphQLNamedType, depth: number): SelectionNode[] {
    const fields = fieldsOf(type);
    const isPlain = (one: GraphQLField<unknown, unknown>) => !isCompositeType(getNamedType(one.type)) && !one.args.some(isRequiredArgument);
    if (fields.nodes && depth < 3) return [this.field(fields.nodes, this.usual(getNamedType(fields.nodes.type), depth + 1))];
    const told = ["name", "slug"].map((one) => fields[one]).filter((one) => one !== undefined && isPlain(one));
    const plain = told.length > 0 ? told : Object.values(fields).filter(isPlain).slice(0, 1);
    return plain.length > 0 ? plain.map((one) => this.field(one!)) : [{ kind: Kind.FIELD, name: name("__typename") }];
  }

  /** A selection with what a path leads to. */
  add(set: SelectionSetNode | undefined, type: GraphQLNamedType, [step, ...rest]: Step[]): SelectionSetNode {
    const all = set?.selections ?? [];
    const known = selected(set, step!);
    if (known && rest.length === 0) return setOf([...all]);
    const field = "field" in step! ? fieldsOf(type)[step.field] : undefined;
    const inner = "on" in step! ? this.schema.getType(step.on)! : field ? getNamedType(field.type) : undefined;
    if (known) return setOf(all.map((one) => (one === known ? { ...known, selectionSet: this.add(known.selectionSet, inner!, rest) } : one)));
    const inside = rest.length > 0 && inner ? [...this.add(undefined, inner, rest).selections] : undefined;
    if ("on" in step!) {
      const selectionSet = setOf(inside ?? this.usual(inner!, 0));
      return setOf([...all, { kind: Kind.INLINE_FRAGMENT, typeCondition: { kind: Kind.NAMED_TYPE, name: name(step.on) }, selectionSet }]);
    }
    // A field of every type, such as `__typename`, is none of the type's own.
    return setOf([...all, field ? this.field(field, inside) : { kind: Kind.FIELD, name: name(step!.field) }]);
  }
}

/** A selection without what a path leads to; what has nothing left inside goes, too. */
function remove(set: SelectionSetNode, [step, ...rest]: Step[]): SelectionSetNode {
  return setOf(
    set.selections.flatMap((one) => {
      if (one.kind === Kind.FRAGMENT_SPREAD || !isAt(one, step!)) return [one];
      if (rest.length === 0 || !one.selectionSet) return [];
      const selectionSet = remove(one.selectionSet, rest);
      return selectionSet.selections.length > 0 ? [{ ...one, selectionSet }] : [];
    }),
  );
}

/** A selection in which the field at a path is another. */
function change(set: SelectionSetNode, [step, ...rest]: Step[], by: (field: FieldNode) => FieldNode): SelectionSetNode {
  return setOf(
    set.selections.map((one): SelectionNode => {
      if (one.kind === Kind.FRAGMENT_SPREAD || !isAt(one, step!)) return one;
      if (rest.length === 0) return one.kind === Kind.FIELD ? by(one) : one;
      return one.selectionSet ? ({ ...one, selectionSet: change(one.selectionSet, rest, by) } as SelectionNode) : one;
    }),
  );
}

/** A value that a required variable begins with, for its reader to write over. */
function blank(arg: GraphQLArgument): unknown {
  const type = getNullableType(arg.type);
  const named = getNamedType(type);
  if (isListType(type)) return [];
  if (isEnumType(named)) return named.getValues()[0]!.name;
  if (isInputObjectType(named)) return {};
  return { Int: 0, Float: 0, Boolean: false }[named.name] ?? "";
}

/** What is to be changed, in which text. */
export interface Place {
  text: string;
  document: DocumentNode | null;
  operation: OperationDefinitionNode | undefined;
  schema: GraphQLSchema;
}

/** The operation with a field, or without it. */
export function toggle(place: Place, path: Step[], on: boolean): Built {
  return rebuilt(place, (set, work, root) => (on ? work.add(set, root, path) : set ? remove(set, path) : setOf([])));
}

/** The operation with an argument of a field, which takes a variable, or without it. */
export function toggleArgument(place: Place, path: Step[], arg: GraphQLArgument, on: boolean): Built {
  return rebuilt(place, (set, work) =>
    change(set!, path, (field) => {
      const others = (field.arguments ?? []).filter((one) => one.name.value !== arg.name);
      return { ...field, arguments: on ? [...others, work.argument(field.name.value, arg)] : others };
    }),
  );
}

function rebuilt({ text, document, operation, schema }: Place, by: (set: SelectionSetNode | undefined, work: Work, root: GraphQLNamedType) => SelectionSetNode): Built {
  const work = new Work(schema, operation);
  const root = schema.getRootType(operation?.operation ?? ("query" as never))!;
  const selectionSet = by(operation?.selectionSet, work, root);
  // Without the variables that were used only by what is gone.
  const before = used(operation?.selectionSet);
  const now = used(selectionSet);
  const variableDefinitions = work.declared.filter((one) => now.has(one.variable.name.value) || (operation?.variableDefinitions?.includes(one) && !before.has(one.variable.name.value)));
  const made = { kind: Kind.OPERATION_DEFINITION, operation: operation?.operation ?? "query", name: operation?.name, directives: operation?.directives, variableDefinitions, selectionSet } as OperationDefinitionNode;
  const kept = document?.definitions ?? [];
  const all = operation ? kept.map((one) => (one === operation ? made : one)) : [...kept, made];
  const definitions = all.filter((one) => one !== made || selectionSet.selections.length > 0);
  const comments = /^(?:[ \t]*(?:#.*)?\r?\n)*/.exec(text)?.[0] ?? "";
  return { text: comments + (definitions.length > 0 ? `${print({ kind: Kind.DOCUMENT, definitions })}\n` : ""), variables: work.variables };
}

function used(set: SelectionSetNode | undefined): Set<string> {
  const names = new Set<string>();
  if (set) visit(set, { Variable: (one) => void names.add(one.name.value) });
  return names;
}
