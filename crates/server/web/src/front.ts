// The front page: what is on record here, and one question with its live answer.
import { ask, took } from "./ask";
import { link } from "./share";

const at = (id: string) => document.getElementById(id)!;

/** Makes an element of text and other elements, so that no answer is ever read as markup. */
function make(name: string, className: string, ...children: (string | Node)[]): HTMLElement {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

const NOUNS: [field: string, one: string, several: string][] = [
  ["schools", "school", "schools"],
  ["campuses", "campus", "campuses"],
  ["groups", "group", "groups"],
  ["alliances", "alliance", "alliances"],
  ["partners", "partner", "partners"],
  ["townships", "township", "townships"],
  ["sources", "source", "sources"],
];

async function counts(): Promise<void> {
  const list = NOUNS.map(([field]) => `${field}(first: 0) { totalCount }`).join(" ");
  const query = `{ view { asOf revision { number recordedAt actor message } } districts { nodes { zh: localizedName(lang: "zh") { text } en: localizedName(lang: "en") { text isFallback } } } ${list} }`;
  const { data, errors } = await ask({ query });
  if (!data) throw new Error(errors?.[0]?.message ?? "the server gave no answer");
  const districts = data.districts.nodes.map((one: any) =>
    one.en.isFallback || one.en.text === one.zh.text ? [make("span", "", one.zh.text)] : [one.en.text, " ", make("span", "", one.zh.text)],
  );
  for (const [part] of districts.map((parts: (string | HTMLElement)[]) => [parts.at(-1)])) {
    if (part instanceof HTMLElement) part.lang = "zh";
  }
  const where: (string | Node)[] = districts.length === 0 ? ["No district is on record yet"] : districts.flatMap((parts: any[], i: number) => (i ? [", ", ...parts] : parts));
  at("view").replaceChildren(make("strong", "", ...where), `, as of ${data.view.asOf}.`);
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

/** Finds a school to ask about: the page knows none by name. */
const FIND = `{ groups(first: 20) { nodes { leadSchool { slug } alliances(first: 1) { totalCount } schools(first: 1) { totalCount } } } }`;

const question = (slug: string) => `{
  school(slug: ${JSON.stringify(slug)}) {
    name(lang: "en")
    group {
      name(lang: "en")
      alliances(first: 5) {
        edges {
          basis
          node {
            name(lang: "en")
            partners(first: 10) {
              nodes { name(lang: "en") kinds }
            }
          }
        }
      }
    }
  }
}`;

const words = (value: string) => value.toLowerCase().replaceAll("_", " ");

function tree(school: any): HTMLElement {
  const item = (kind: string, name: string, note: string, children: Node[] = []) =>
    make("li", "", make("span", `mark ${kind}`), make("span", "hidden", `${kind}: `), name, note ? make("small", "", ` ${note}`) : "", children.length ? make("ul", "", ...children) : "");
  const alliances = (school.group?.alliances.edges ?? []).map(({ basis, node }: any) =>
    item("alliance", node.name, basis === "SERVES" ? "serves its district" : "has it as a member", node.partners.nodes.map((one: any) => item("partner", one.name, one.kinds.map(words).join(", ")))),
  );
  const group = school.group ? [item("group", school.group.name, "", alliances)] : [];
  return make("ul", "tree", item("school", school.name, "", group));
}

async function example(): Promise<void> {
  const groups: any[] = (await ask({ query: FIND })).data?.groups.nodes ?? [];
  const best = groups
    .filter((one) => one.leadSchool)
    .sort((a, b) => b.alliances.totalCount - a.alliances.totalCount || b.schools.totalCount - a.schools.totalCount)[0];
  if (!best) {
    at("answer").textContent = "No group is on record yet, so there is nothing to show.";
    return;
  }
  const query = question(best.leadSchool.slug);
  at("question").textContent = query;
  at("curl").textContent = `curl -s ${new URL("graphql", location.href)} \\\n  -H 'content-type: application/json' \\\n  -d '{"query":"{ school(slug: \\"${best.leadSchool.slug}\\") { name group { name } } }"}'`;
  const answer = await ask({ query }, { "edumap-stats": "1" });
  if (!answer.data?.school) throw new Error(answer.errors?.[0]?.message ?? "the server gave no answer");
  at("answer").replaceChildren(tree(answer.data.school));
  const stats = answer.extensions?.stats;
  if (stats) at("cost").textContent = `It took ${took(stats)}: one SQL statement a level, however many rows there are.`;
  at("open").setAttribute("href", await link({ query, variables: "", operationName: null }));
}

function failed(id: string): (error: unknown) => void {
  return (error) => (at(id).textContent = `The server did not answer: ${error instanceof Error ? error.message : error}`);
}

counts().catch(failed("view"));
example().catch(failed("answer"));
