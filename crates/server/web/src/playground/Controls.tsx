// The controls above the editor: the day, the language, and a link to share.
import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { isSchema } from "graphql";
import { useEffect, useRef, useState } from "react";
import { type View, link } from "../share";
import { useAnswer } from "./answers";
import { useOperation } from "./operation";
import { type Control, declares, teach } from "./rewrite";

/** The languages that are offered: those of the reader. Any other that the map has names in can be written. */
const LANGUAGES = [...new Set(navigator.languages.flatMap((tag) => [tag, tag.split("-")[0]!]))];

/** A language tag, or none. */
const LANGUAGE = /^([a-z]{2,3}(-[a-z0-9]+)*)?$/i;

/** How long a date or a language may rest half-typed before it is asked for. */
const PAUSE = 600;

/** The controls. */
export function Controls({ view, tab }: { view: View; tab: string }) {
  const { query, document, operation, values } = useOperation();
  const { run } = useGraphiQLActions();
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const schema = useGraphiQL((state) => state.schema);
  const answer = useAnswer(tab);
  const [missing, setMissing] = useState<Control | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), [tab]);

  /** Asks again, since the answer on the page is that of another day or language. */
  function again(pause: number): void {
    clearTimeout(timer.current);
    if (answer && operation?.operation === "query") timer.current = setTimeout(() => void run(), pause);
  }
  function set(control: Control, value: string | null, pause = 0): void {
    if (!variableEditor || values === null) return;
    variableEditor.setValue(JSON.stringify({ ...values, [control]: value }, null, 2));
    // A tag that is still being typed is not asked for.
    if (declares(operation, control) && (control !== "lang" || LANGUAGE.test(value ?? ""))) again(pause);
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
    again(0);
  }
  useEffect(() => {
    if (missing && declares(operation, missing)) setMissing(null);
  }, [missing, operation]);

  const asOf = typeof values?.asOf === "string" ? values.asOf : "";
  const lang = typeof values?.lang === "string" ? values.lang : "";
  return (
    <div className="controls">
      <label title="Writes the variable $asOf">
        As of <input type="date" name="asOf" value={asOf} max="9999-12-30" disabled={values === null} onChange={(event) => set("asOf", event.target.value || null, PAUSE)} />
      </label>
      {asOf !== "" && (
        <button type="button" className="small" onClick={() => set("asOf", null)}>
          Today
        </button>
      )}
      <label title="Writes the variable $lang: a language tag, such as en; blank asks for the browser’s languages">
        Names in{" "}
        <input
          name="lang"
          list="languages"
          size={8}
          placeholder="browser’s"
          autoComplete="off"
          spellCheck={false}
          value={lang}
          disabled={values === null}
          onChange={(event) => set("lang", event.target.value || null, PAUSE)}
        />
        <datalist id="languages">
          {LANGUAGES.map((tag) => (
            <option key={tag} value={tag} />
          ))}
        </datalist>
      </label>
      <Share view={view} />
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

function Share({ view }: { view: View }) {
  const { query, variables, operationName } = useOperation();
  const [address, setAddress] = useState<string | null>(null);
  const [isCopied, setIsCopied] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => setAddress(null), [query, variables, operationName, view]);
  useEffect(() => field.current?.select(), [address]);
  async function share(): Promise<void> {
    const made = await link({ query, variables, operationName, view });
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
          <span role="status">{isCopied ? "Copied." : "Copy it."} It holds the operation, its variables and the view, no headers.</span>
          <button type="button" className="small" onClick={() => setAddress(null)}>
            Close
          </button>
        </span>
      )}
    </span>
  );
}
