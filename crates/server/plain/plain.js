// The plain playground: ready-made questions, a query, its variables, its answer.
const at = (id) => document.getElementById(id);

async function run() {
  at("answer").value = "…";
  try {
    const variables = JSON.parse(at("variables").value || "{}");
    const headers = { "content-type": "application/json", "edumap-stats": "1" };
    const body = JSON.stringify({ query: at("query").value, variables });
    const answer = await (await fetch("graphql", { method: "POST", headers, body })).json();
    const stats = answer.extensions?.stats;
    at("cost").textContent = stats ? `${stats.sqlStatements} statements, ${stats.rows} rows, ${stats.elapsedMicros / 1000} ms` : "";
    at("answer").value = JSON.stringify(answer, null, 2);
  } catch (error) {
    at("answer").value = String(error);
  }
}

function show({ text, variables }) {
  at("query").value = text;
  at("variables").value = JSON.stringify(variables, null, 2);
}

const questions = await (await fetch("playground/queries.json")).json();
at("questions").append(...questions.map(({ title }, i) => new Option(title, i)));
at("questions").addEventListener("change", () => show(questions[at("questions").value]));
at("run").addEventListener("click", run);
addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
});
// A page of the server has put its question into the fragment.
const opened = new URLSearchParams(location.hash.slice(1));
if (opened.has("query")) show({ text: opened.get("query"), variables: JSON.parse(opened.get("variables") || "{}") });
else if (questions.length > 0) show(questions[0]);
