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
const phone = { width: 390, height: 844 };

const browser = await chromium.launch({
  executablePath: process.env.EDUMAP_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    // Nothing else has an address. Not by a route of the page, which would do without the cache.
    `--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE ${new URL(base).hostname}`],
});
// One for all visits, so that each file is fetched and compiled once.
const context = await browser.newContext();
// A machine that runs all tests at once takes its time.
context.setDefaultTimeout(120_000);
await context.grantPermissions(["clipboard-read", "clipboard-write"]);

/** A page of somebody who was never here; it counts what goes elsewhere, and what the console complains of. */
async function visit(path, { viewport = wide, colorScheme = "light" } = {}) {
  const page = await context.newPage();
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
  const session = await context.newCDPSession(page);
  await session.send("Storage.clearDataForOrigin", { origin: new URL(base).origin, storageTypes: "cookies,local_storage,indexeddb,cache_storage,service_workers" });
  const elsewhere = [];
  const complaints = [];
  const request = (address) => /^(https?|wss?):/.test(address) && new URL(address).host !== new URL(base).host && elsewhere.push(address);
  page.on("request", (one) => request(one.url()));
  page.on("websocket", (one) => request(one.url()));
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(base + path);
  return { page, elsewhere, complaints };
}

/** Ends a visit: nothing went elsewhere, nothing was complained of. */
async function leave({ page, elsewhere, complaints }) {
  await page.close();
  assert.deepEqual(elsewhere, [], "requests to other hosts");
  assert.deepEqual(complaints, [], "complaints on the console");
}

/** No serious finding of accessibility, no scrolling sideways, a language. */
async function inspect(page, name) {
  await page.evaluate(axe);
  // Of a long list the first are enough: the others are made by the same code, and the licenses alone took ten seconds.
  const { violations } = await page.evaluate(() => globalThis.axe.run({ exclude: ["tr:nth-child(n+30)", "details:nth-of-type(n+30)"] }, { resultTypes: ["violations"] }));
  const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  const told = serious.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(" | ")}`);
  assert.deepEqual(told, [], `accessibility of ${name}`);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${name} is ${overflow} px wider than the window`);
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
  if (shots) await page.screenshot({ path: `${shots}/${name}.png` });
}

/** The playground, once its editors are there and what it asks on its own is answered: a later answer is another's. */
async function playground(path = "/playground", options) {
  const visited = await visit(path, options);
  await visited.page.waitForSelector("main[data-ready=true]");
  await visited.page.waitForSelector(".graphiql-query-editor .view-line", { state: "attached" });
  await visited.page.waitForSelector(".meter .took");
  return visited;
}

const active = (page) => page.evaluate(() => {
  const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem("graphiql:tabState"));
  return tabs[activeTabIndex];
});

/** Waits for the next answer to something that is asked in an editor; gives what the server said. */
const answered = async (page) => {
  const response = await page.waitForResponse((one) => one.url().endsWith("/graphql") && one.request().headers()["edumap-stats"] === "1");
  return strip(await response.json());
};

/** An answer without what the page asked for beside the question. */
const strip = (answer) => JSON.parse(JSON.stringify(answer, (key, value) => (["edumapId", "edumapType"].includes(key) ? undefined : value)));

/** Clicks a ready-made question and waits for its answer; gives what the server said. */
async function choose(page, name) {
  const [answer] = await Promise.all([answered(page), page.click(`[data-query="${name}"]`)]);
  await page.waitForFunction(() => !document.querySelector(".graphiql-spinner"));
  return answer;
}

/** Puts the caret into the operation. A click may meet the scroll bar, which comes and goes. */
const focusEditor = (page) => page.locator(".graphiql-query-editor .monaco-editor").locator("textarea, .native-edit-context").first().focus();

/** The playground with an operation from its address, once it is answered. */
async function asked(query, view, options) {
  const visited = await playground(`/playground?query=${encodeURIComponent(query)}`, options);
  await visited.page.waitForSelector(".meter .took");
  if (view) await visited.page.click(`.strip >> text="${view}"`);
  return visited;
}

/** What the server says to a query, asked as any program would. */
async function ask(query, variables) {
  const response = await fetch(`${base}/graphql`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ query, variables }) });
  return response.json();
}

const tabs = (page) => page.locator(".graphiql-tab").count();

/** What is drawn once it is: boxes with what they say, and lines with their points. */
async function drawn(page) {
  await page.waitForSelector(".drawing[data-state=drawn]");
  return page.evaluate(() => {
    const picture = document.querySelector(".drawing")._cyreg.cy;
    const box = ({ x1, y1, x2, y2 }) => ({ x1, y1, x2, y2 });
    return {
      boxes: picture.nodes().map((node) => ({ id: node.id(), tie: node.data("tie") ?? null, text: node.data("text"), ...box(node.boundingBox()) })),
      lines: picture.edges().map((edge) => ({ id: edge.id(), ends: [edge.source().id(), edge.target().id()], points: [edge.sourceEndpoint(), ...(edge.segmentPoints() ?? []), edge.targetEndpoint()] })),
    };
  });
}

/** Whether a line from `a` to `b` goes through a box. */
function crosses(a, b, { x1, y1, x2, y2 }) {
  // Cut to the box, side by side, as Liang and Barsky do.
  let [from, to] = [0, 1];
  for (const [delta, near, far] of [[b.x - a.x, x1 - a.x, x2 - a.x], [b.y - a.y, y1 - a.y, y2 - a.y]]) {
    if (delta === 0) {
      if (near > 0 || far < 0) return false;
      continue;
    }
    from = Math.max(from, Math.min(near / delta, far / delta));
    to = Math.min(to, Math.max(near / delta, far / delta));
  }
  return from < to;
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
        for (const [path, ready] of [["/", "#answer .tree"], ["/schema", "#picture[data-drawn]"], ["/documents", "#documents details"], ["/licenses", "main"]]) {
          const visited = await visit(path, { viewport, colorScheme });
          await visited.page.waitForSelector(ready);
          await inspect(visited.page, `${path.slice(1) || "front"}-${colorScheme}-${size}`);
          await leave(visited);
        }
        const visited = await playground("/playground", { viewport, colorScheme });
        await visited.page.waitForSelector(".meter .took");
        await inspect(visited.page, `playground-${colorScheme}-${size}`);
        await leave(visited);
      }
    }
  },

  async "the front page tells what the server holds"() {
    const visited = await visit("/");
    await visited.page.waitForSelector("#answer .tree");
    const { data } = await ask("{ schools { totalCount } groups { totalCount } }");
    const counts = await visited.page.textContent("#counts");
    for (const list of ["schools", "groups"]) assert.ok(counts.includes(data[list].totalCount.toLocaleString("en")), `${list} in ${counts}`);
    await leave(visited);
  },

  async "the front page names what it lists, in its language, and says what it leaves out"() {
    const visited = await visit("/");
    await visited.page.waitForSelector("#answer .tree");
    const { page } = visited;
    const { data } = await ask(`{ districts(first: 3) { totalCount nodes { localizedName(lang: "en") { text language } } } }`);
    const text = await page.textContent("#view");
    for (const { localizedName } of data.districts.nodes) assert.ok(text.includes(localizedName.text), text);
    assert.equal(text.includes("more district"), data.districts.totalCount > 3, text);
    // Chinese is marked as Chinese, and nothing else is.
    const marked = await page.$$eval("#view [lang], #answer [lang]", (all) => all.map(({ lang, textContent }) => [lang, textContent]));
    for (const [lang, name] of marked) assert.equal(lang.startsWith("zh"), /[\u4E00-\u9FFF]/.test(name), `${lang}: ${name}`);
    const unmarked = await page.$$eval("#answer .tree li", (all) => all.flatMap((one) => [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent)));
    for (const name of unmarked) assert.ok(!/[\u4E00-\u9FFF]/.test(name), name);
    const lists = await page.$$eval("#answer ul ul", (all) => all.map((one) => [one.children.length, /more partner/.test(one.lastElementChild.textContent)]));
    for (const [length, saysMore] of lists) assert.ok(length <= 10 || saysMore, `${length} items`);
    await leave(visited);
  },

  async "the first visit is answered at once"() {
    const visited = await playground();
    await visited.page.waitForSelector(".meter .took");
    await visited.page.waitForSelector('.result-window :text("data")');
    assert.equal(await tabs(visited.page), 1);
    await leave(visited);
  },

  async "each question is answered, in the tab that nobody has written into"() {
    const visited = await playground();
    await visited.page.waitForSelector(".meter .took");
    const names = await visited.page.$$eval("[data-query]", (all) => all.map((one) => one.dataset.query));
    assert.ok(names.length >= 12, `${names.length} questions`);
    for (const name of names) {
      const answer = await choose(visited.page, name);
      assert.equal(answer.errors, undefined, name);
      assert.equal(await tabs(visited.page), 1, `tabs after ${name}`);
    }
    // What somebody has written stays.
    await focusEditor(visited.page);
    await visited.page.keyboard.press("Control+End");
    await visited.page.keyboard.type("# mine");
    await choose(visited.page, names[0]);
    assert.equal(await tabs(visited.page), 2);
    await choose(visited.page, names[1]);
    assert.equal(await tabs(visited.page), 2);
    await leave(visited);
  },

  async "one question asked again and again has one tab, and one entry in the history"() {
    const visited = await playground();
    await visited.page.waitForSelector(".meter .took");
    for (const name of ["where-did-it-go", "two-days", "where-did-it-go", "where-did-it-go"]) await choose(visited.page, name);
    assert.equal(await tabs(visited.page), 1);
    await visited.page.click('[aria-label="Show History"]');
    await visited.page.waitForSelector('.graphiql-history-item:has-text("WhereDidItGo")');
    assert.equal(await visited.page.locator('.graphiql-history-item:has-text("WhereDidItGo")').count(), 1);
    await leave(visited);
  },

  async "the tab in front is in sight, however many there are"() {
    const visited = await playground();
    for (let n = 0; n < 12; n += 1) await visited.page.click('[aria-label="New tab"]');
    const isInSight = () => visited.page.waitForFunction(() => {
      const box = document.querySelector(".graphiql-tab-active").getBoundingClientRect();
      const around = document.querySelector(".graphiql-session-header").getBoundingClientRect();
      return box.left >= around.left - 1 && box.right <= around.right + 1;
    });
    await isInSight();
    await visited.page.locator(".graphiql-tab-button").first().click();
    await isInSight();
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

  async "what a spreadsheet would take for a formula is written as text"() {
    const visited = await visit("/playground");
    const names = ["=HYPERLINK(0)", "+1", "-x", "@sum", ' "=1"', "\uFF1Dsum", "\t=1", "plain", 'a"b', '"=1'];
    // The server has no such names, so that its answer is made up.
    await visited.page.route("**/graphql", (route) =>
      route.request().headers()["edumap-stats"] === "1"
        ? route.fulfill({ json: { data: { schools: { nodes: names.map((name) => ({ name, n: -1.5 })) } } } })
        : route.continue());
    await visited.page.waitForSelector("main[data-ready=true]");
    await visited.page.click('.strip >> text="Table"');
    await visited.page.click('[data-query="pages-of-a-hundred"]');
    await visited.page.waitForSelector('.sheet td:text-is("plain")');
    const [download] = await Promise.all([visited.page.waitForEvent("download"), visited.page.click('text="Download CSV"')]);
    const csv = fs.readFileSync(await download.path(), "utf8").replace("\uFEFF", "");
    const expected = ["name,n", "'=HYPERLINK(0),-1.5", "'+1,-1.5", "'-x,-1.5", "'@sum,-1.5", `"' ""=1""",-1.5`, "'\uFF1Dsum,-1.5", `"'\t=1",-1.5`, "plain,-1.5", `"a""b",-1.5`, `"'""=1",-1.5`];
    assert.equal(csv, expected.map((line) => `${line}\r\n`).join(""));
    await visited.page.click('.strip >> text="Copy"');
    await visited.page.waitForSelector('text="Copied."');
    const copied = (await visited.page.evaluate(() => navigator.clipboard.readText())).split("\n");
    assert.ok(copied.slice(1).every((line) => !/^[=+\-@"\uFF1D]/.test(line)), copied.join("\n"));
    await leave(visited);
  },

  async "the graph draws nouns and says its ties in words"() {
    const visited = await playground();
    await choose(visited.page, "alliance-charters");
    await visited.page.click('.strip >> text="Graph"');
    await visited.page.waitForSelector("text=/[\\d,]+ nouns, [\\d,]+ ties/");
    const { boxes, lines } = await drawn(visited.page);
    assert.ok(boxes.length > 1 && lines.length > 1, `${boxes.length} boxes, ${lines.length} lines`);
    await inspect(visited.page, "playground-graph");
    await leave(visited);
  },

  async "nouns are one by their id and never by their name, and ids that nobody asked for are not shown"() {
    const query = "{ campuses(first: 100) { nodes { name } } schools(first: 100) { nodes { name group { name } } } }";
    const visited = await asked(query, "Graph");
    const { data } = await ask("{ campuses(first: 100) { nodes { id } } schools(first: 100) { nodes { id group { id } } } }");
    const ids = new Set([...data.campuses.nodes, ...data.schools.nodes, ...data.schools.nodes.map((one) => one.group).filter(Boolean)].map((one) => one.id));
    await visited.page.waitForSelector(`.drawing[data-nouns="${ids.size}"]`);
    await visited.page.click('.strip >> text="Table"');
    const columns = await visited.page.$$eval(".sheet th", (all) => all.map((one) => one.textContent));
    assert.ok(columns.every((column) => !column.startsWith("edumap") && !column.includes(".edumap")), columns.join());
    await visited.page.click('.strip >> text="JSON"');
    assert.ok(!(await visited.page.textContent(".result-window")).includes("edumap"));
    // The meter says what the question itself costs.
    const cost = await fetch(`${base}/graphql`, { method: "POST", headers: { "content-type": "application/json", "edumap-cost": "1" }, body: JSON.stringify({ query }) });
    const { actual } = (await cost.json()).extensions.cost;
    assert.ok((await visited.page.textContent(".meter")).includes(`cost ${actual.toLocaleString("en")}`));
    await leave(visited);
  },

  async "a noun of two days is two nouns, and each says its day"() {
    const visited = await asked(`{ then: map(asOf: "2024-01-01") { groups(first: 1) { nodes { name } } } now: map { groups(first: 1) { nodes { name } } } again: map { groups(first: 1) { nodes { name } } } }`, "Graph");
    await visited.page.waitForSelector('.drawing[data-nouns="2"]');
    const { boxes } = await drawn(visited.page);
    assert.deepEqual(boxes.map(({ text }) => text.split("\n").at(-1)).sort(), ["(2024-01-01)", "(today)"]);
    await leave(visited);
  },

  async "no line of the graph goes through a box or words of others"() {
    const visited = await playground();
    await visited.page.click('.strip >> text="Graph"');
    for (const name of ["alliance-charters", "reach-of-a-school", "schools-of-a-partner", "groups-by-stage"]) {
      await choose(visited.page, name);
      const { boxes, lines } = await drawn(visited.page);
      assert.ok(boxes.length > 3 && lines.length > 2, name);
      for (const { id, ends, points } of lines) {
        for (const box of boxes.filter((one) => one.tie !== id && !ends.includes(one.id))) {
          for (let i = 1; i < points.length; i += 1) assert.ok(!crosses(points[i - 1], points[i], box), `${name}: ${ends.join(" to ")} through ${box.text}`);
        }
      }
    }
    await leave(visited);
  },

  async "the plan of an answer is a tree of its levels, with their statements"() {
    const visited = await asked("{ schools(first: 5) { nodes { slug group { slug } } } }");
    const { page } = visited;
    await page.click('.strip >> text="Plan"');
    const levels = await page.$$eval(".plan ul code", (fields) => fields.map((field) => field.textContent));
    assert.deepEqual(levels, ["schools", "nodes", "group"]);
    assert.match(await page.textContent(".plan ul"), /1 → 5 School.*statement 1: \d rows/);
    await page.click(".plan ul a >> nth=0");
    assert.match(await page.textContent(".plan ol details[open] pre"), /^SELECT/);
    await inspect(page, "playground-plan");
    await leave(visited);
  },

  async "errors stand above every view"() {
    const visited = await asked('{\n  schools(first: 1) { nodes { name } }\n  map(knownAt: 999999) { view { asOf } }\n}');
    for (const view of ["JSON", "Table", "Graph"]) {
      await visited.page.click(`.strip >> text="${view}"`);
      const text = await visited.page.textContent(".errors");
      assert.match(text, /revision/);
      assert.match(text, /line 3, column 3/);
    }
    // A server that does not answer is no reason to keep silent, either.
    await visited.page.route("**/graphql", (route) => route.abort());
    await visited.page.click('[aria-label^="Execute query"], .graphiql-execute-button');
    await visited.page.waitForSelector('.errors:has-text("The server did not answer")');
    visited.complaints.length = 0;
    await leave(visited);
  },

  async "another day or language is asked at once, and the answer of another question is marked"() {
    const visited = await playground();
    const { page } = visited;
    await page.waitForSelector(".meter .took");
    const today = await choose(page, "groups-by-stage");
    const [then] = await Promise.all([answered(page), page.fill('input[name="asOf"]', "1950-01-01")]);
    assert.equal(then.errors, undefined);
    assert.notDeepEqual(then.data, today.data);
    const [chinese] = await Promise.all([answered(page), page.fill('input[name="lang"]', "zh")]);
    assert.equal(chinese.errors, undefined);
    const [now] = await Promise.all([answered(page), page.click('button:text-is("Today")')]);
    assert.equal(now.data.map.groups.totalCount, today.data.map.groups.totalCount);
    await page.waitForFunction(() => !document.querySelector(".stale"));
    // Typed by hand, nothing runs by itself.
    await focusEditor(page);
    await page.keyboard.press("Control+End");
    await page.keyboard.type("# another");
    await page.waitForSelector(".stale");
    await inspect(page, "playground-stale");
    await Promise.all([answered(page), page.click('.stale button:text-is("Run again")')]);
    await page.waitForFunction(() => !document.querySelector(".stale"));
    await leave(visited);
  },

  async "a link opens the same operation and variables elsewhere, in one tab and the same view, and carries no headers"() {
    const visited = await playground();
    await visited.page.waitForSelector(".meter .took");
    await choose(visited.page, "two-days");
    await visited.page.click('.strip >> text="Graph"');
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
    await other.page.waitForSelector(".drawing");
    assert.equal(await tabs(other.page), 1);
    await other.page.waitForFunction((query) => {
      const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem("graphiql:tabState") ?? '{"tabs":[{}],"activeTabIndex":0}');
      return tabs[activeTabIndex].query === query;
    }, mine.query);
    assert.equal((await active(other.page)).variables, mine.variables);
    assert.equal(new URL(other.page.url()).hash, "");
    await leave(other);
  },

  async "an operation in the address is taken, as GraphiQL's own links have it"() {
    const query = "query A { schools { totalCount } } query B($first: Int) { groups(first: $first) { nodes { slug } } }";
    const address = new URLSearchParams({ query, variables: '{"first": 1}', operationName: "B" });
    const visited = await playground(`/playground?${address}`);
    await visited.page.waitForSelector(".meter .took");
    await visited.page.waitForSelector('.result-window :text("groups")');
    assert.equal(await tabs(visited.page), 1);
    assert.equal(new URL(visited.page.url()).search, "");
    await leave(visited);
  },

  async "the editor follows the system between light and dark"() {
    const visited = await playground();
    await visited.page.waitForSelector(".meter .took");
    // The ink of the editor, not of a word: words are colored some time after they are drawn.
    const light = await visited.page.$eval(".graphiql-query-editor .monaco-editor", (one) => getComputedStyle(one).color);
    await visited.page.emulateMedia({ colorScheme: "dark" });
    await visited.page.waitForFunction((light) => getComputedStyle(document.querySelector(".graphiql-query-editor .monaco-editor")).color !== light, light);
    await inspect(visited.page, "playground-turned-dark");
    await visited.page.emulateMedia({ colorScheme: "light" });
    await visited.page.waitForFunction((light) => getComputedStyle(document.querySelector(".graphiql-query-editor .monaco-editor")).color === light, light);
    await inspect(visited.page, "playground-turned-light");
    await leave(visited);
  },

  async "on a phone a question shows its answer, which has the window to itself"() {
    const visited = await playground("/playground", { viewport: phone });
    const { page } = visited;
    await page.waitForSelector(".meter .took");
    await inspect(page, "phone-first");
    await page.click('[aria-label="Show Questions"]');
    await inspect(page, "phone-questions");
    await choose(page, "pages-of-a-hundred");
    assert.equal(await page.locator(".questions").count(), 0);
    await page.click('.strip >> text="Table"');
    await page.waitForSelector(".sheet td");
    // Its middle is the table, and not something above it.
    const { height, isOnTop } = await page.$eval(".sheet", (sheet) => {
      const box = sheet.getBoundingClientRect();
      const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      return { height: box.height, isOnTop: sheet.contains(top) };
    });
    assert.ok(isOnTop);
    assert.ok(height > 400, `${height} px`);
    await page.locator(".sheet td").nth(3).click();
    await inspect(page, "phone-table");
    await page.click('.panes >> text="Question"');
    await page.click(".graphiql-query-editor .view-lines");
    await inspect(page, "phone-question");
    await leave(visited);
  },

  async "the documents are listed with their digests, and each opens in the playground"() {
    const visited = await visit("/documents");
    await visited.page.waitForSelector("#documents details");
    const listed = await (await fetch(`${base}/documents.json`)).json();
    assert.equal(await visited.page.locator("#documents details").count(), listed.length);
    for (const { name, sha256 } of listed) {
      const text = await visited.page.textContent(`[data-document="${name}"]`);
      assert.ok(text.includes(sha256), name);
    }
    const answer = await (await fetch(`${base}/graphql?documentId=${listed[0].sha256}`)).json();
    assert.equal(answer.errors, undefined);
    await visited.page.locator("#documents summary").first().click();
    await visited.page.locator("#documents details").first().locator("a").click();
    await visited.page.waitForSelector(".meter .took");
    await leave(visited);
  },

  async "history survives a reload"() {
    const visited = await playground();
    await choose(visited.page, "where-did-it-go");
    await visited.page.waitForSelector(".meter .took");
    // GraphiQL stores a tab half a second after it has changed.
    await visited.page.waitForFunction(() => {
      const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem("graphiql:tabState"));
      return JSON.parse(tabs[activeTabIndex].variables || "{}").school !== undefined && tabs[activeTabIndex].query.includes("WhereDidItGo");
    });
    const [again] = await Promise.all([answered(visited.page), visited.page.reload()]);
    // Nobody has written anything, and it is asked again with its variables.
    assert.equal(again.errors, undefined);
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
    await focusEditor(visited.page);
    await visited.page.keyboard.press("Control+A");
    await visited.page.keyboard.type("{ scho");
    await visited.page.keyboard.press("Control+Space");
    await visited.page.waitForSelector('.suggest-widget .monaco-list-row:has-text("schools")');
    await leave(visited);
  },
};

// Further arguments are parts of the names of those to run.
const wanted = process.argv.slice(3);
const chosen = Object.entries(tests).filter(([name]) => wanted.length === 0 || wanted.some((one) => name.includes(one)));
let failed = 0;
for (const [name, test] of chosen) {
  const began = Date.now();
  try {
    await test();
    console.log(`ok   ${name} (${Date.now() - began} ms)`);
  } catch (error) {
    failed += 1;
    for (const page of context.pages()) await page.close();
    console.log(`FAIL ${name}\n${String(error.stack ?? error).slice(0, 1500)}`);
  }
}
await browser.close();
console.log(`${chosen.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
