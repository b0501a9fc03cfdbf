// Lists the licenses of all that is embedded: the npm packages of the pages and the crates of the binary.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Plugin } from "vite";

interface Part {
  name: string;
  version: string;
  license: string;
  texts: string[];
}

const web = resolve(import.meta.dirname, "..");
const isText = /^(licen[cs]e|copying|notice|unlicense|copyright)/i;

function texts(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isFile() && isText.test(entry.name) && !/\.(js|ts|json|html)$/.test(entry.name))
    .map((entry) => readFileSync(join(dir, entry.name), "utf8").replaceAll("\r\n", "\n").trim())
    .filter((text) => text !== "");
}

/** All packages of the lock file that are not for development only. */
function packages(): Part[] {
  const lock = JSON.parse(readFileSync(join(web, "package-lock.json"), "utf8"));
  return Object.entries<{ dev?: boolean; version: string; license?: string }>(lock.packages)
    .filter(([path, one]) => path !== "" && !one.dev && existsSync(join(web, path)))
    .map(([path, one]) => {
      const manifest = JSON.parse(readFileSync(join(web, path, "package.json"), "utf8"));
      const license = manifest.license ?? one.license ?? "not stated";
      return {
        name: manifest.name,
        version: manifest.version,
        license: typeof license === "string" ? license : license.type,
        texts: texts(join(web, path)),
      };
    });
}

/** All crates that the binary is linked from or built with, as `licenses.json` lists them; a test keeps it true. */
function crates(): Part[] {
  const listed = JSON.parse(readFileSync(resolve(web, "../licenses.json"), "utf8"));
  return listed.crates.map((one: Omit<Part, "texts"> & { texts: string[] }) => ({
    ...one,
    texts: one.texts.map((key) => listed.texts[key]),
  }));
}

const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** One list of parts, and each text once, under all who bear it. */
function render(kind: string, parts: Part[]): string {
  parts.sort((a, b) => a.name.localeCompare(b.name) || a.version.localeCompare(b.version));
  const bearers = new Map<string, string[]>();
  for (const part of parts) {
    for (const text of part.texts) bearers.set(text, [...(bearers.get(text) ?? []), `${part.name} ${part.version}`]);
  }
  const rows = parts.map(
    (one) => `<tr><th scope="row">${escape(one.name)}</th><td>${escape(one.version)}</td><td>${escape(one.license)}</td></tr>`,
  );
  const notices = [...bearers].map(
    ([text, who]) => `<details><summary>${escape(who.join(", "))}</summary><pre tabindex="0">${escape(text)}</pre></details>`,
  );
  const missing = parts.filter((one) => one.texts.length === 0).length;
  const note = missing > 0 ? `<p>${missing} of them come without a text of their own; the table names their license.</p>` : "";
  return `<p>${parts.length} ${kind}.</p><div class="scroll" tabindex="0" role="region" aria-label="${kind}"><table><thead><tr><th scope="col">Name</th><th scope="col">Version</th><th scope="col">License</th></tr></thead><tbody>${rows.join("")}</tbody></table></div><h3>Texts</h3>${note}${notices.join("")}`;
}

export function licenses(): Plugin {
  return {
    name: "edumap-licenses",
    transformIndexHtml: {
      order: "post",
      handler(html, { filename }) {
        if (!filename.endsWith("licenses.html")) return html;
        return html
          .replace("<!-- npm -->", () => render("npm packages", packages()))
          .replace("<!-- crates -->", () => render("crates", crates()));
      },
    },
  };
}
