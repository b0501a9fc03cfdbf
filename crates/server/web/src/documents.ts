// The documents that a request may name, with their digests.
import { many } from "./ask";
import { at, make } from "./elements";
import { link } from "./share";

interface Document {
  name: string;
  sha256: string;
  text: string;
  question: { title: string; audience: string; description: string } | null;
}

async function list(): Promise<void> {
  const [listed, asked] = await Promise.all([fetch("documents.json"), fetch("playground/queries.json")]);
  if (!listed.ok) throw new Error((await listed.json()).errors?.[0]?.message ?? `status ${listed.status}`);
  const documents: Document[] = await listed.json();
  const questions: { text: string; variables: unknown }[] = await asked.json();
  at("count").textContent = many(documents.length, "document");
  const items = documents.map(async ({ name, sha256, text, question }) => {
    const own = questions.find((one) => one.text === text)?.variables;
    const variables = own === undefined ? "" : JSON.stringify(own, null, 2);
    const open = make("a", "", "Open it in the playground") as HTMLAnchorElement;
    open.href = await link({ query: text.replace(/^(#.*\n)+/, ""), variables, operationName: null, view: "json" });
    const item = make(
      "details",
      "",
      make("summary", "", make("code", "", name), question ? ` ${question.title}` : ""),
      make("dl", "facts", make("dt", "", "SHA-256"), make("dd", "", make("code", "", sha256)), ...(variables ? [make("dt", "", "Variables"), make("dd", "", make("code", "", JSON.stringify(own)))] : [])),
      ...(question ? [make("p", "", question.description)] : []),
      make("pre", "", text),
      make("p", "", open),
    );
    item.dataset.document = name;
    return item;
  });
  at("documents").replaceChildren(...(await Promise.all(items)));
  const first = documents[0]?.name ?? "";
  at("request").textContent = `curl -s '${new URL(`graphql?documentId=${encodeURIComponent(first)}`, location.href)}'`;
}

list().catch((error: unknown) => {
  at("count").textContent = `There is no list: ${error instanceof Error ? error.message : error}`;
});
