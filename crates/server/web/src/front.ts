// The front page: what is on record here, and one question with its live answer.
import { ask, many, took } from "./ask";
import { link } from "./share";
import { at, make } from "./elements";

const NOUNS: [field: string, one: string, several: string][] = [
  ["schools", "school", "schools"],
  ["campuses", "campus", "campuses"],
  ["groups", "group", "groups"],
  ["alliances", "alliance", "alliances"],
  ["partners", "partner", "partners"],
  ["townships", "township", "townships"],
  ["sources", "source", "sources"],
];

/** A name that says which language it is in, as the data has it. */
interface Told {
  text: string;
  language: string;
}

/** A name, marked with its language where that is not the page's. */
function named({ text, language }: Told): string | HTMLElement {
  if (language === document.documentElement.lang) return text;
  const element = make("span", "", text);
  element.lang = language;
  return element;
}

/** How many districts are named. */
const MOST_DISTRICTS = 3;

/** The districts by name, with their name in another language if there is one; and how many others there are. */
function districts({ totalCount, nodes }: any): (string | Node)[] {
  if (totalCount === 0) return ["No district is on record"];
  const all: (string | Node)[] = nodes.flatMap(({ localizedName, names }: { localizedName: Told; names: Told[] }, i: number) => {
    const other = names.find((one) => one.language.split("-")[0] !== localizedName.language.split("-")[0]);
    return [...(i ? [", "] : []), named(localizedName), ...(other ? [" ", named(other)] : [])];
  });
  return totalCount > nodes.length ? [...all, ` and ${many(totalCount - nodes.length, "more district")}`] : all;
}

async function counts(): Promise<void> {
  const list = NOUNS.map(([field]) => `${field}(first: 0) { totalCount }`).join(" ");
  const name = `localizedName(lang: "en") { text language } names { text language }`;
  const query = `{ view { asOf revision { number recordedAt actor message } } districts(first: ${MOST_DISTRICTS}) { totalCount nodes { ${name} } } ${list} }`;
  const { data, errors } = await ask({ query });
  if (!data) throw new Error(errors?.[0]?.message ?? "the server gave no answer");
  at("view").replaceChildren(make("strong", "", ...districts(data.districts)), `, as of ${data.view.asOf}.`);
  at("counts").replaceChildren(
    ...NOUNS.map(([field, one, several]) => {
      const n: number = data[field].totalCount;
      return make("div", "", make("dt", "", n === 1 ? one : several), make("dd", "", n.toLocaleString("en")));
    }),
  );
  const revision = data.view.revision;
  at("revision").textContent = revision
    ? `Last revision: ${revision.number}, recorded ${revision.recordedAt.replace("T", " ").replace("Z", " UTC")} by ${revision.actor}: “${revision.message}”.`
    : "Nothing has been recorded yet.";
}

/** The question about a school; what its answer shows is asked for by the names' languages as well. */
const question = (slug: string, name: string, total: string) => `{
  school(slug: ${JSON.stringify(slug)}) {
    ${name}
    group {
      ${name}
      alliances(first: 5) {${total}
        edges {
          basis
          node {
            ${name}
            partners(first: 10) {${total}
              nodes { ${name} kinds }
            }
          }
        }
      }
    }
  }
}`;

const words = (value: string) => value.toLowerCase().replaceAll("_", " ");

function tree(school: any): HTMLElement {
  const item = (kind: string, name: Told, note: string, children: Node[] = []) =>
    make("li", "", make("span", `mark ${kind}`), make("span", "hidden", `${kind}: `), named(name), note ? make("small", "", ` ${note}`) : "", children.length ? make("ul", "", ...children) : "");
  const more = (n: number, one: string) => (n > 0 ? [make("li", "muted", `and ${many(n, `more ${one}`)}`)] : []);
  const partners = ({ totalCount, nodes }: any) => [
    ...nodes.map((one: any) => item("partner", one.localizedName, one.kinds.map(words).join(", "))),
    ...more(totalCount - nodes.length, "partner"),
  ];
  const alliances = ({ totalCount, edges }: any) => [
    ...edges.map(({ basis, node }: any) => item("alliance", node.localizedName, basis === "SERVES" ? "serves its district" : "has it as a member", partners(node.partners))),
    ...more(totalCount - edges.length, "alliance"),
  ];
  const group = school.group ? [item("group", school.group.localizedName, "", alliances(school.group.alliances))] : [];
  return make("ul", "tree", item("school", school.localizedName, "", group));
}

/** The school that the first ready-made question is asked about: the server has found it in its map. */
async function example(): Promise<void> {
  const questions: { variables: Record<string, unknown> }[] = await (await fetch("playground/queries.json")).json();
  const slug = String(questions.find((one) => typeof one.variables.school === "string")?.variables.school ?? "");
  const query = question(slug, 'name(lang: "en")', "");
  at("question").textContent = query;
  at("curl").textContent = `curl -s ${new URL("graphql", location.href)} \\\n  -H 'content-type: application/json' \\\n  -d '{"query":"{ school(slug: \\"${slug}\\") { name group { name } } }"}'`;
  at("open").setAttribute("href", await link({ query, variables: "", operationName: null, view: "graph" }));
  const shown = question(slug, `localizedName(lang: "en") { text language }`, " totalCount");
  const answer = await ask({ query: shown }, { "edumap-stats": "1" });
  if (!answer.data) throw new Error(answer.errors?.[0]?.message ?? "the server gave no answer");
  if (!answer.data.school) {
    at("answer").textContent = "No school is on record, so there is nothing to show.";
    return;
  }
  at("answer").replaceChildren(tree(answer.data.school));
  const stats = answer.extensions?.stats;
  if (stats) at("cost").textContent = `It took ${took(stats)}: one SQL statement a level, however many rows there are.`;
}

function failed(id: string): (error: unknown) => void {
  return (error) => (at(id).textContent = `The server did not answer: ${error instanceof Error ? error.message : error}`);
}

counts().catch(failed("view"));
example().catch(failed("answer"));
