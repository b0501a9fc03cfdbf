// Takes the rows of an answer from the server as a file.
import type { Question } from "./ask";

/** A kind of file in which the server answers. */
export interface Format {
  name: string;
  type: string;
  ending: string;
}

/** All of them. */
export const FORMATS: Format[] = [
  { name: "CSV", type: "text/csv", ending: "csv" },
  { name: "NDJSON", type: "application/x-ndjson", ending: "ndjson" },
  { name: "XLSX", type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ending: "xlsx" },
  { name: "GeoJSON", type: "application/geo+json", ending: "geojson" },
];

/** Which rows of an answer are wanted: of which list, and whether of all its pages or of those asked for. */
export interface Wanted {
  list: string | undefined;
  hasAllPages: boolean;
}

/** The header that says which rows are wanted. */
const rowsHeader = ({ list, hasAllPages }: Wanted): Record<string, string> => (list ? { "edumap-rows": hasAllPages ? `${list}; pages=all` : list } : {});

/** Asks a question for the rows of a list, and hands them to the browser as a file; rejected with what the server says is wrong. */
export async function download(format: Format, question: Question, wanted: Wanted, headers: Record<string, string>): Promise<void> {
  const response = await fetch("graphql", {
    method: "POST",
    headers: { ...headers, "content-type": "application/json", accept: format.type, ...rowsHeader(wanted) },
    body: JSON.stringify(question),
  });
  const type = response.headers.get("content-type") ?? "";
  if (!response.ok || !type.startsWith(format.type)) throw new Error(await refusal(response, format));
  const url = URL.createObjectURL(await response.blob());
  Object.assign(document.createElement("a"), { href: url, download: `${question.operationName ?? "answer"}.${format.ending}` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Why there is no file, in the server's words if it has any. */
async function refusal(response: Response, format: Format): Promise<string> {
  const text = await response.text();
  try {
    const { message } = JSON.parse(text).errors[0];
    if (typeof message === "string") return message;
  } catch {
    // It says nothing that is an answer of the API.
  }
  return response.ok ? `This server does not answer as ${format.name}.` : `The server answered with status ${response.status}.`;
}
