// The controls above the editor: the day, the language, and a link to share.
import { useGraphiQL } from "@graphiql/react";
import { type OperationDefinitionNode, isSchema } from "graphql";
import { useEffect, useRef, useState } from "react";
import { parsed } from "../graph";
import { link } from "../share";
import { type Control, declares, teach } from "./rewrite";

const LANGUAGES: [tag: string, name: string][] = [
  ["", "the browser’s"],
  ["en", "English"],
  ["zh", "中文"],
];

/** What the active tab asks, kept up to date while somebody types. */
export function useOperation() {
  const query = useGraphiQL((state) => state.tabs[state.activeTabIndex].query) ?? "";
  const variables = useGraphiQL((state) => state.tabs[state.activeTabIndex].variables) ?? "";
  const operationName = useGraphiQL((state) => state.operationName) ?? null;
  const document = parsed(query);
  const operations = document?.definitions.filter((one): one is OperationDefinitionNode => one.kind === "OperationDefinition") ?? [];
  const operation = operations.find((one) => one.name?.value === operationName) ?? operations[0];
  let values: Record<string, unknown> | null = null;
  try {
    const value = variables.trim() === "" ? {} : JSON.parse(variables);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) values = value;
  } catch {
    // Half-typed variables: nothing to read yet.
  }
  return { query, variables, document, operation, operationName: operation?.name?.value ?? null, values };
}

/** The controls. */
export function Controls() {
  const { query, document, operation, values } = useOperation();
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const schema = useGraphiQL((state) => state.schema);
  const [missing, setMissing] = useState<Control | null>(null);

  function set(control: Control, value: string | null): void {
    if (!variableEditor || values === null) return;
    variableEditor.setValue(JSON.stringify({ ...values, [control]: value }, null, 2));
    setMissing(declares(operation, control) || value === null ? null : control);
  }
  function add(): void {
    if (!missing || !document || !operation || !isSchema(schema) || !queryEditor) return;
    // As an edit, so that an undo takes it back.
    const model = queryEditor.getModel();
    const text = teach(query, document, operation, missing, schema);
    if (model) queryEditor.executeEdits("edumap", [{ range: model.getFullModelRange(), text }]);
    queryEditor.pushUndoStop();
    setMissing(null);
  }
  useEffect(() => {
    if (missing && declares(operation, missing)) setMissing(null);
  }, [missing, operation]);

  const asOf = typeof values?.asOf === "string" ? values.asOf : "";
  const lang = typeof values?.lang === "string" ? values.lang : "";
  const languages = LANGUAGES.some(([tag]) => tag === lang) ? LANGUAGES : [...LANGUAGES, [lang, lang] as [string, string]];
  return (
    <div className="controls">
      <label title="Writes the variable $asOf">
        As of <input type="date" name="asOf" value={asOf} max="9999-12-30" disabled={values === null} onChange={(event) => set("asOf", event.target.value || null)} />
      </label>
      {asOf !== "" && (
        <button type="button" className="small" onClick={() => set("asOf", null)}>
          Today
        </button>
      )}
      <label title="Writes the variable $lang">
        Names in{" "}
        <select name="lang" value={lang} disabled={values === null} onChange={(event) => set("lang", event.target.value || null)}>
          {languages.map(([tag, name]) => (
            <option key={tag} value={tag}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <Share />
      {missing && (
        <p className="offer" role="status">
          This operation does not declare <code>${missing}</code>, so the variable has no effect yet.{" "}
          <button type="button" className="small" onClick={add} disabled={!document || !isSchema(schema)}>
            {missing === "asOf" ? "Read the map as of it" : "Ask names in it"}
          </button>
        </p>
      )}
    </div>
  );
}

function Share() {
  const { query, variables, operationName } = useOperation();
  const [address, setAddress] = useState<string | null>(null);
  const [isCopied, setIsCopied] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => setAddress(null), [query, variables]);
  useEffect(() => field.current?.select(), [address]);
  async function share(): Promise<void> {
    const made = await link({ query, variables, operationName });
    setAddress(made);
    setIsCopied(
      await navigator.clipboard?.writeText(made).then(
        () => true,
        () => false,
      ) ?? false,
    );
  }
  return (
    <span className="share">
      <button type="button" className="small" onClick={() => void share()}>
        Share
      </button>
      {address !== null && (
        <span className="shared">
          <input ref={field} readOnly value={address} aria-label="Link to this operation and its variables" onKeyDown={(event) => event.key === "Escape" && setAddress(null)} />
          <span role="status">{isCopied ? "Copied." : "Copy it."} It holds the operation and its variables, no headers.</span>
          <button type="button" className="small" onClick={() => setAddress(null)}>
            Close
          </button>
        </span>
      )}
    </span>
  );
}
