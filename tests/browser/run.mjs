// Clicks through the pages as a person would: `node run.mjs http://127.0.0.1:4000`; ends with a code other than 0 if anything is amiss.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const base = process.argv[2] ?? "http://127.0.0.1:4000";
const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = process.env.EDUMAP_SCREENSHOTS;
const wide = { width: 1440, height: 900 };
const narrow = { width: 360, height: 740 };

const browser = await chromium.launch({
  executablePath: process.env.EDUMAP_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/** A fresh page that counts what goes elsewhere, and what the console complains of. */
async function visit(path, { viewport = wide, colorScheme = "light" } = {}) {
  const context = await browser.newContext({ viewport, colorScheme });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  const elsewhere = [];
  const complaints = [];
  await page.route(
    (url) => /^(https?|wss?):/.test(url.protocol) && url.origin !== new URL(base).origin,
    (route) => {
      elsewhere.push(route.request().url());
      return route.abort();
    },
  );
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(base + path);
  return { page, context, elsewhere, complaints };
}

/** Ends a visit: nothing went elsewhere, nothing was complained of. */
async function leave({ context, elsewhere, complaints }) {
  await context.close();
  assert.deepEqual(elsewhere, [], "requests to other hosts");
  assert.deepEqual(complaints, [], "complaints on the console");
}

/** No serious finding of accessibility, no scrolling sideways, a language. */
async function inspect(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  const told = serious.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(" | ")}`);
  assert.deepEqual(told, [], `accessibility of ${name}`);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${name} is ${overflow} px wider than the window`);
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
  if (shots) await page.screenshot({ path: `${shots}/${name}.png` });
}

/** The playground, once its editors are there. */
async function playground(path = "/playground", options) {
  const visited = await visit(path, options);
  await visited.page.waitForSelector("main[data-ready=true]");
  await visited.page.waitForSelector(".graphiql-query-editor .view-line");
  return visited;
}

const active = (page) => page.evaluate(() => {
  const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem("graphiql:tabState"));
  return tabs[activeTabIndex];
});

/** Clicks a ready-made question and waits for its answer; gives what the server said. */
async function choose(page, name) {
  const answered = page.waitForResponse((response) => response.url().endsWith("/graphql") && response.request().headers()["edumap-stats"] === "1");
  await page.click(`[data-query="${name}"]`);
  return (await answered).json();
}

async function run(page) {
  const answered = page.waitForResponse((response) => response.url().endsWith("/graphql") && response.request().headers()["edumap-stats"] === "1");
  await page.click('[aria-label^="Execute query"], .graphiql-execute-button');
  return (await answered).json();
}

/** The rule of docs/playground.md, said once more: each list's items become rows, and what stands above is repeated. */
function flatten(value, path = []) {
  let rows = [{}];
  const lists = [];
  for (const [key, field] of Object.entries(value)) {
    const at = [...path, key];
    if (Array.isArray(field) && field.some((item) => item && typeof item === "object")) {
      lists.push(field.filter(Boolean).flatMap((item) => flatten(item, at)));
    } else if (Array.isArray(field)) {
      rows[0][at.join(".")] = field.map((item) => item ?? "").join("; ");
    } else if (field && typeof field === "object") {
      const [below, inner] = split(flatten(field, at), field);
      Object.assign(rows[0], below);
      if (inner) lists.push(inner);
    } else rows[0][at.join(".")] = field ?? "";
  }
  const filled = lists.filter((list) => list.length > 0);
  return filled.length === 0 ? rows : filled.flatMap((list) => list.map((row) => ({ ...rows[0], ...row })));
}

/** What an object says of itself, and its rows if it has lists. */
function split(rows, object) {
  const hasLists = JSON.stringify(object).includes("[{");
  return hasLists ? [{}, rows] : [rows[0], null];
}

const tests = {
  async "every page is whole on a wide and a narrow window, by day and by night"() {
    for (const [viewport, size] of [[wide, "wide"], [narrow, "narrow"]]) {
      for (const colorScheme of ["light", "dark"]) {
        for (const [path, ready] of [["/", "#answer .tree"], ["/schema", "#picture[data-drawn]"], ["/licenses", "main"]]) {
          const visited = await visit(path, { viewport, colorScheme });
          await visited.page.waitForSelector(ready);
          await inspect(visited.page, `${path.slice(1) || "front"}-${colorScheme}-${size}`);
          await leave(visited);
        }
        const visited = await playground("/playground", { viewport, colorScheme });
        await inspect(visited.page, `playground-${colorScheme}-${size}`);
        await leave(visited);
      }
    }
  },

  async "the front page tells what the server holds"() {
    const visited = await visit("/");
    await visited.page.waitForSelector("#answer .tree");
    const { data } = await (await fetch(`${base}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "{ schools { totalCount } groups { totalCount } }" }),
    })).json();
    const counts = await visited.page.textContent("#counts");
    for (const list of ["schools", "groups"]) assert.ok(counts.includes(String(data[list].totalCount)), `${list} in ${counts}`);
    await leave(visited);
  },

  async "each question opens a tab of its own and is answered"() {
    const visited = await playground();
    const names = await visited.page.$$eval("[data-query]", (all) => all.map((one) => one.dataset.query));
    assert.ok(names.length >= 12, `${names.length} questions`);
    for (const [n, name] of names.entries()) {
      const answer = await choose(visited.page, name);
      assert.equal(answer.errors, undefined, name);
      assert.equal(await visited.page.locator(".graphiql-tab").count(), n + 2, `tabs after ${name}`);
    }
    await leave(visited);
  },

  async "a query says what it would cost, and what it took"() {
    const visited = await playground();
    await visited.page.waitForSelector(".meter .estimate");
    await choose(visited.page, "groups-by-stage");
    await visited.page.waitForSelector(".meter .took");
    assert.match(await visited.page.textContent(".meter .took"), /\d+ statements? · \d+ rows? · [\d.]+ ms/);
    await leave(visited);
  },

  async "the table is the answer, flattened"() {
    const visited = await playground();
    for (const name of ["pages-of-a-hundred", "branches-of-a-school", "schools-per-township"]) {
      const { data } = await choose(visited.page, name);
      await visited.page.click('.strip >> text="Table"');
      await visited.page.waitForSelector(".sheet td");
      const shown = await visited.page.$$eval(".sheet tbody tr", (rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));
      const expected = flatten(data);
      assert.equal(shown.length, expected.length, `rows of ${name}`);
      const cells = (rows) => rows.map((row) => row.filter((cell) => cell !== "").map(String).sort());
      assert.deepEqual(cells(shown), cells(expected.map((row) => Object.values(row))), name);
      await visited.page.click('.strip >> text="JSON"');
    }
    await leave(visited);
  },

  async "the graph draws nouns and says its ties in words"() {
    const visited = await playground();
    await choose(visited.page, "alliance-charters");
    await visited.page.click('.strip >> text="Graph"');
    await visited.page.waitForSelector("text=/\\d+ nouns, \\d+ ties/");
    await inspect(visited.page, "playground-graph");
    await leave(visited);
  },

  async "a day changes the answer"() {
    const visited = await playground();
    const today = await choose(visited.page, "groups-by-stage");
    await visited.page.fill('input[name="asOf"]', "1950-01-01");
    const variables = () => visited.page.waitForFunction(() => {
      const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem("graphiql:tabState"));
      return (tabs[activeTabIndex].variables ?? "").includes("1950-01-01");
    });
    await variables();
    const then = await run(visited.page);
    assert.equal(then.errors, undefined);
    assert.notDeepEqual(then.data, today.data);
    await leave(visited);
  },

  async "a link opens the same operation and variables elsewhere, and carries no headers"() {
    const visited = await playground();
    await choose(visited.page, "two-days");
    await visited.page.waitForFunction(() => {
      const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem("graphiql:tabState"));
      return (tabs[activeTabIndex].query ?? "").includes("TwoDays");
    });
    const mine = await active(visited.page);
    await visited.page.click('button:text-is("Share")');
    const address = await visited.page.inputValue(".shared input");
    assert.ok(!address.includes("authorization"));
    await leave(visited);
    const other = await playground(address.slice(base.length));
    await other.page.waitForFunction((query) => {
      const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem("graphiql:tabState") ?? '{"tabs":[{}],"activeTabIndex":0}');
      return tabs[activeTabIndex].query === query;
    }, mine.query);
    assert.equal((await active(other.page)).variables, mine.variables);
    await leave(other);
  },

  async "history survives a reload"() {
    const visited = await playground();
    await choose(visited.page, "where-did-it-go");
    await visited.page.waitForSelector(".meter .took");
    await visited.page.reload();
    await visited.page.waitForSelector("main[data-ready=true]");
    await visited.page.click('[aria-label="Show History"]');
    await visited.page.waitForSelector('.graphiql-history-item:has-text("WhereDidItGo")');
    await inspect(visited.page, "playground-history");
    await leave(visited);
  },

  async "the documentation finds a partner"() {
    const visited = await playground();
    await visited.page.click('[aria-label="Show Documentation Explorer"]');
    const search = visited.page.locator('.graphiql-doc-explorer-search-input input, .graphiql-doc-explorer-search input').first();
    await search.waitFor();
    await search.click();
    await search.pressSequentially("Partner");
    await visited.page.waitForSelector('[role="option"]:has-text("Partner")');
    await inspect(visited.page, "playground-docs");
    await leave(visited);
  },

  async "the editor offers fields"() {
    const visited = await playground();
    await visited.page.click('[aria-label="New tab"]');
    await visited.page.click(".graphiql-query-editor .view-lines");
    await visited.page.keyboard.press("Control+A");
    await visited.page.keyboard.type("{ scho");
    await visited.page.keyboard.press("Control+Space");
    await visited.page.waitForSelector('.suggest-widget .monaco-list-row:has-text("schools")');
    await leave(visited);
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  const began = Date.now();
  try {
    await test();
    console.log(`ok   ${name} (${Date.now() - began} ms)`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL ${name}\n${String(error.stack ?? error).slice(0, 1500)}`);
  }
}
await browser.close();
console.log(`${Object.keys(tests).length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
