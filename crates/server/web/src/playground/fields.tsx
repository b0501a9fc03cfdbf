// The panel in which an operation is clicked together: a tree of fields, each with a box to tick.
import { type GraphiQLPlugin, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { type GraphQLArgument, type GraphQLNamedType, type GraphQLSchema, Kind, type SelectionSetNode, getNamedType, isAbstractType, isCompositeType, isRequiredArgument, isSchema } from "graphql";
import { useState } from "react";
import { type Built, type Place, type Step, fieldsOf, selected, toggle, toggleArgument } from "./build";
import { useOperation } from "./operation";

/** What the tree needs to know, whatever the level. */
interface Tree {
  place: Place;
  schema: GraphQLSchema;
  wanted: string;
  write(built: Built): void;
}

function Panel() {
  const schema = useGraphiQL((state) => state.schema);
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const { updateActiveTabValues, run } = useGraphiQLActions();
  const tab = useGraphiQL((state) => state.tabs[state.activeTabIndex].id);
  const { query, document, operation, values } = useOperation();
  const [wanted, setWanted] = useState("");
  function write({ text, variables }: Built): void {
    const model = queryEditor?.getModel();
    if (!queryEditor || !model) return;
    // As an edit, so that an undo takes it back.
    queryEditor.executeEdits("edumap", [{ range: model.getFullModelRange(), text }]);
    queryEditor.pushUndoStop();
    // The editor would tell the tab a moment later, and the next click builds upon this one.
    updateActiveTabValues({ query: text });
    const fresh = Object.entries(variables).filter(([name]) => values !== null && !(name in values));
    if (values === null || fresh.length === 0) return;
    const all = JSON.stringify({ ...values, ...Object.fromEntries(fresh) }, null, 2);
    variableEditor?.setValue(all);
    updateActiveTabValues({ variables: all });
  }
  const isBlank = query.replaceAll(/#.*|\s/g, "") === "";
  const root = isSchema(schema) ? schema.getRootType(operation?.operation ?? ("query" as never)) : undefined;
  return (
    <section className="fields-panel" aria-label="Fields">
      <h2>Fields</h2>
      {!isSchema(schema) || !root ? (
        <p>The schema is not known.</p>
      ) : !document && !isBlank ? (
        <p role="status">The operation cannot be read. Mend it, and its fields are here.</p>
      ) : (
        <>
          <p>Tick a field to ask for it. Arguments take variables.</p>
          <div className="fields-tools">
            <label>
              Find <input type="search" name="field" size={12} value={wanted} onChange={(event) => setWanted(event.target.value)} autoComplete="off" />
            </label>
            <button type="button" className="small" disabled={!operation} onClick={() => void run()}>
              Run
            </button>
          </div>
          <Fields key={tab} type={root} set={operation?.selectionSet} path={[]} tree={{ place: { text: query, document, operation, schema }, schema, wanted: wanted.trim().toLowerCase(), write }} />
        </>
      )}
    </section>
  );
}

/** The fields of a type, and what only some of its types have. */
function Fields({ type, set, path, tree }: { type: GraphQLNamedType; set: SelectionSetNode | undefined; path: Step[]; tree: Tree }) {
  // Words narrow the first level; what is chosen stays in sight.
  const isWanted = (step: Step, text: string) => path.length > 0 || tree.wanted === "" || text.toLowerCase().includes(tree.wanted) || selected(set, step) !== undefined;
  // What is chosen when the list opens comes first; a later click moves nothing from under the pointer.
  const [first] = useState(() => new Set(Object.keys(fieldsOf(type)).filter((one) => selected(set, { field: one }))));
  const all = Object.values(fieldsOf(type)).sort((a, b) => Number(first.has(b.name)) - Number(first.has(a.name)));
  const fields = all.filter((field) => !field.name.startsWith("_") && isWanted({ field: field.name }, field.name));
  const parts = isAbstractType(type) ? tree.schema.getPossibleTypes(type) : [];
  return (
    <ul className="fields-tree">
      {fields.map((field) => (
        <Item key={field.name} title={field.name} words={field.description} type={getNamedType(field.type)} args={field.args} set={set} path={path} step={{ field: field.name }} tree={tree} />
      ))}
      {parts.map((part) => (
        <Item key={part.name} title={`… on ${part.name}`} words={part.description} type={part} args={[]} set={set} path={path} step={{ on: part.name }} tree={tree} />
      ))}
    </ul>
  );
}

interface ItemProps {
  title: string;
  words: string | null | undefined;
  type: GraphQLNamedType;
  args: readonly GraphQLArgument[];
  set: SelectionSetNode | undefined;
  path: Step[];
  step: Step;
  tree: Tree;
}

function Item({ title, words, type, args, set, path, step, tree }: ItemProps) {
  const chosen = selected(set, step);
  // Open as long as it is chosen, unless the reader says otherwise.
  const [wish, setWish] = useState<boolean | null>(null);
  const isOpen = wish ?? chosen !== undefined;
  const here = [...path, step];
  const hasInside = isCompositeType(type);
  return (
    <li>
      <span className="fields-row">
        {hasInside ? (
          <button type="button" className="fields-open" aria-expanded={isOpen} aria-label={`Fields of ${title}`} onClick={() => setWish(!isOpen)}>
            {isOpen ? "▾" : "▸"}
          </button>
        ) : (
          <span className="fields-open" />
        )}
        <label title={words ?? undefined}>
          <input
            type="checkbox"
            checked={chosen !== undefined}
            onChange={(event) => {
              setWish(null);
              tree.write(toggle(tree.place, here, event.target.checked));
            }}
          />{" "}
          {title}
        </label>
        {"field" in step && <small>{type.name}</small>}
      </span>
      {chosen?.kind === Kind.FIELD && args.length > 0 && <Arguments args={args} given={chosen.arguments?.map((one) => one.name.value) ?? []} path={here} tree={tree} />}
      {hasInside && isOpen && <Fields type={type} set={chosen?.selectionSet} path={here} tree={tree} />}
    </li>
  );
}

function Arguments({ args, given, path, tree }: { args: readonly GraphQLArgument[]; given: string[]; path: Step[]; tree: Tree }) {
  return (
    <details className="fields-arguments">
      <summary>
        {args.length} {args.length === 1 ? "argument" : "arguments"}
        {given.length > 0 && `: ${given.join(", ")}`}
      </summary>
      <ul className="fields-tree">
        {args.map((arg) => (
          <li key={arg.name}>
            <label title={arg.description ?? undefined}>
              <input type="checkbox" checked={given.includes(arg.name)} disabled={isRequiredArgument(arg) && given.includes(arg.name)} onChange={(event) => tree.write(toggleArgument(tree.place, path, arg, event.target.checked))} /> {arg.name}
            </label>{" "}
            <small>{String(arg.type)}</small>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M4 5h4v4H4zM4 15h4v4H4zM12 7h8M12 17h8" strokeLinejoin="round" strokeLinecap="round" />
    </svg>
  );
}

/** The panel, for GraphiQL's side bar. */
export const FIELDS: GraphiQLPlugin = { title: "Fields", icon: Icon, content: Panel };
