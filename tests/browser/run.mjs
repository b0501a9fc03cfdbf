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
/** Waits until the editor offers something, and asks it to once more where what was typed last came before its answer. */
async function offered(page, text) {
  const row = page.locator(`.suggest-widget .monaco-list-row:has-text("${text}")`).first();
  for (let left = 20; left > 0; left -= 1) {
    if (await row.waitFor({ timeout: 3000 }).then(() => true, () => false)) return;
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+Space");
  }
  throw new Error(`the editor does not offer ${text}`);
}

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

/** What is drawn once it is: nodes with their places, and the names that are written beside them. */
async function drawn(page) {
  await page.waitForSelector(".network[data-state=drawn]");
  return page.evaluate(() => {
    const picture = document.querySelector(".network .drawing")._cyreg.cy;
    const shown = [...document.querySelectorAll(".network-names span:not([hidden])")];
    return {
      nodes: picture.nodes().map((node) => ({ id: node.id(), radius: node.width() / 2, isFaint: node.hasClass("faint"), isLeftOut: node.hasClass("left-out"), ...node.position() })),
      ties: picture.edges().length,
      labels: shown.map((one) => {
        const { left, top, right, bottom } = one.getBoundingClientRect();
        return { text: one.textContent, size: getComputedStyle(one).fontSize, left, top, right, bottom };
      }),
    };
  });
}

/** No name is upon another, none is too small to read, no node lies upon another. */
function assertLegible({ nodes, labels }, name) {
  for (const { text, size } of labels) assert.equal(size, "12px", text);
  labels.forEach((one, i) => {
    const upon = labels.slice(i + 1).find((other) => one.left < other.right - 1 && other.left < one.right - 1 && one.top < other.bottom - 1 && other.top < one.bottom - 1);
    assert.equal(upon, undefined, `${name}: ${one.text} and ${upon?.text}`);
  });
  nodes.forEach((one, i) => {
    const upon = nodes.slice(i + 1).find((other) => Math.hypot(one.x - other.x, one.y - other.y) < 0.9 * (one.radius + other.radius));
    assert.equal(upon, undefined, `${name}: ${one.id} and ${upon?.id}`);
  });
}

/** Waits until what the scripts of a page draw is there. */
async function drawnAll(page) {
  for (const [place, drawing] of [["#network[data-network]", ".network[data-state=drawn]"], ["figure[data-map]", "figure[data-map] svg"], ["figure[data-ways]", "figure[data-ways] svg"]]) {
    if (await page.locator(place).count()) await page.waitForSelector(drawing);
  }
}

/** The pages that the navigation names, the front page, and those of a school. */
async function navigation() {
  const { data } = await ask("{ schools(first: 1, filter: { stage: [PRIMARY] }) { nodes { slug } } }");
  const [{ slug }] = data.schools.nodes;
  const page = await context.newPage();
  await page.goto(base);
  const named = await page.$$eval("header.bar nav a", (links) => links.map((link) => link.pathname));
  await page.close();
  assert.ok(named.length > 5, named.join(" "));
  return ["/", ...named, `/schools/${slug}`, `/ways?school=${slug}`];
}

/** All schools with what is asked of them, page by page. */
async function everySchool(asked) {
  const all = [];
  for (let after = null; ; ) {
    const { data } = await ask(`query ($after: String) { schools(first: 100, after: $after) { nodes { slug ${asked} } pageInfo { hasNextPage endCursor } } }`, { after });
    all.push(...data.schools.nodes);
    if (!data.schools.pageInfo.hasNextPage) return all;
    after = data.schools.pageInfo.endCursor;
  }
}

const isObject = (value) => Boolean(value) && typeof value === "object" && !Array.isArray(value);
const isList = (value) => Array.isArray(value) && value.some(isObject);
const isConnection = (value) => isObject(value) && (Array.isArray(value.edges) || Array.isArray(value.nodes) || Object.keys(value).join() === "totalCount");

/** The values of an object by their paths: with those of lists below it, or without lists and what pages them. */
function valuesOf(object, withLists, way, path = "", all = {}, many = false) {
  if (!withLists && isConnection(object)) return all;
  for (const [key, value] of Object.entries(object)) {
    const at = `${path}${key}`;
    if (!withLists && (at === way[0] || isConnection(value) || isList(value))) continue;
    if (key === "pageInfo" && isConnection(object)) continue;
    if (isObject(value)) valuesOf(value, withLists, way, `${at}.`, all, many);
    else if (isList(value)) for (const item of value.filter(Boolean)) valuesOf(item, withLists, way, `${at}.`, all, true);
    else if (many) all[at] = [all[at] ?? [], value].flat(2);
    else all[at] = value;
  }
  return all;
}

/** The rule of docs/dashboards.md, said once more: the items of one list, each with what the objects above it say of themselves; blank cells left out. */
function flatten(data) {
  const chains = new Map();
  const find = (value, way, depth) => {
    for (const [key, field] of Object.entries(value)) {
      if (isObject(field)) find(field, [...way, key], depth);
      if (!isList(field)) continue;
      const id = [...way, key].join(".");
      const known = chains.get(id) ?? { way: [...way, key], depth: depth + 1, items: 0 };
      chains.set(id, known);
      for (const item of field.filter(isObject)) {
        known.items += 1;
        find(item, [...way, key], depth + 1);
      }
    }
  };
  find(data, [], 0);
  const [chosen] = [...chains.values()].sort((a, b) => b.depth - a.depth || b.items - a.items);
  const text = (value) => (Array.isArray(value) ? value.filter((one) => one !== null).join("; ") : String(value ?? ""));
  const cells = (object, ...how) => Object.values(valuesOf(object, ...how)).map(text).filter((cell) => cell !== "");
  const rows = [];
  const walk = (value, way, above, isItem) => {
    if (isList(value)) {
      for (const item of value.filter(isObject)) way.length === 0 ? rows.push([...above, ...cells(item, true, [])]) : walk(item, way, above, true);
    } else if (isObject(value)) walk(value[way[0]], way.slice(1), [...above, ...cells(value, false, way)], isItem);
    else if (isItem || above.length > 0) rows.push(above);
  };
  if (!chosen) return [cells(data, true, [])];
  walk(data, chosen.way, [], false);
  return rows;
}

/** What the table on the page says, row by row. */
const tabled = (page) => page.$$eval(".sheet tbody tr", (rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));

/** Answers what is asked in an editor with something made up. */
const makeUp = (page, data) =>
  page.route("**/graphql", (route) => (route.request().headers()["edumap-stats"] === "1" ? route.fulfill({ json: { data, extensions: { stats: { sqlStatements: 1, rows: 1, elapsedMicros: 1 } } } }) : route.continue()));

const tests = {
  async "every page is whole on a wide and a narrow window, by day and by night"() {
    for (const [viewport, size] of [[wide, "wide"], [narrow, "narrow"]]) {
      for (const colorScheme of ["light", "dark"]) {
        for (const [path, ready] of [["/schema", "#picture[data-drawn]"], ["/documents", "#documents details"], ["/licenses", "main"]]) {
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

  async "the front page names what it lists, in its language, and its numbers are those of the API"() {
    const visited = await visit("/");
    const { page } = visited;
    const { data } = await ask(`{ districts(first: 3) { totalCount nodes { localizedName(lang: "en") { text } } } schools { totalCount breakdown(by: [STATUS]) { count status } } groups { totalCount } }`);
    const districts = await page.textContent(".districts");
    for (const { localizedName } of data.districts.nodes) assert.ok(districts.includes(localizedName.text), districts);
    assert.equal(districts.includes("more district"), data.districts.totalCount > 3, districts);
    const en = (n) => n.toLocaleString("en");
    assert.ok((await page.textContent("#schools")).startsWith(`${en(data.schools.totalCount)} `));
    for (const { count, status } of data.schools.breakdown) {
      const link = page.locator(`.legend a[href*="schools?status=${status}"] .n`);
      assert.equal(await link.textContent(), en(count), status);
    }
    assert.equal(await page.textContent('.cards a[href="./groups"] .n'), en(data.groups.totalCount));
    // What is in another language than the page says so, and nothing else does.
    const marked = await page.$$eval("main [lang]", (all) => all.map(({ lang, textContent }) => [lang, textContent]));
    for (const [lang, name] of marked) assert.equal(lang.startsWith("zh"), /[\u4E00-\u9FFF]/.test(name), `${lang}: ${name}`);
    await leave(visited);
  },

  async "the pages of the server are whole on every window, by day and by night, and on paper"() {
    const { data } = await ask("{ schools(first: 1) { nodes { slug } } groups(first: 1) { nodes { slug } } sources(first: 1) { nodes { slug } } }");
    const nouns = ["schools", "groups", "sources"].flatMap((list) => data[list].nodes.map(({ slug }) => `/${list}/${slug}`));
    for (const [viewport, size] of [[wide, "wide"], [narrow, "narrow"]]) {
      for (const colorScheme of ["light", "dark"]) {
        for (const path of ["/", "/about", "/schools", "/search?q=school", ...nouns, "/schools/no-such-school"]) {
          const visited = await visit(path, { viewport, colorScheme });
          await inspect(visited.page, `pages${path.replace(/\W+/g, "-")}-${colorScheme}-${size}`);
          // The browser itself complains of an address where nothing is.
          if (path.endsWith("no-such-school")) visited.complaints.length = 0;
          await leave(visited);
        }
      }
    }
    const visited = await visit(nouns[0]);
    await visited.page.emulateMedia({ media: "print" });
    assert.equal(await visited.page.isVisible("header.bar"), false);
    assert.equal(await visited.page.isVisible(".notes li >> nth=0"), true);
    await leave(visited);
  },

  async "the pages of the navigation are whole on every window, by day and by night"() {
    for (const [viewport, size] of [[wide, "wide"], [narrow, "narrow"]]) {
      for (const path of await navigation()) {
        const visited = await visit(path, { viewport });
        await drawnAll(visited.page);
        for (const colorScheme of ["light", "dark"]) {
          await visited.page.emulateMedia({ colorScheme });
          await inspect(visited.page, `pages${path.replace(/\W+/g, "-")}-${colorScheme}-${size}`);
        }
        await leave(visited);
      }
    }
  },

  async "the navigation is one line on a desk, and nothing of it is cut off elsewhere"() {
    for (const width of [360, 768, 1024, 1440, 1920]) {
      const visited = await visit("/about", { viewport: { width, height: 800 } });
      const boxes = await visited.page.$$eval("header.bar a", (links) => links.map((link) => link.getBoundingClientRect().toJSON()));
      for (const { left, right } of boxes) assert.ok(left >= 0 && right <= width, `${width}: ${left} to ${right}`);
      if (width >= 1024) assert.ok(Math.max(...boxes.map(({ top }) => top)) < boxes[0].bottom, `two lines at ${width} px`);
      await leave(visited);
    }
  },

  async "every page is walked with the tabulator in the order of its content, and shows where one is"() {
    for (const path of await navigation()) {
      const visited = await visit(path);
      const { page } = visited;
      await drawnAll(page);
      const expected = await page.evaluate(() => {
        const main = document.querySelector("main");
        const stops = [...main.querySelectorAll("a[href], button, input, select, summary, [tabindex]")].filter((one) => one.tabIndex >= 0 && !one.disabled && one.checkVisibility({ visibilityProperty: true }));
        // In a picture it is a line or a mark that looks different.
        const look = (one) => JSON.stringify([one, ...(one.ownerSVGElement ? one.querySelectorAll("*") : [])].map((part) => {
          const { outlineStyle, outlineWidth, stroke, strokeWidth, strokeOpacity } = getComputedStyle(part);
          return [outlineStyle === "none" ? null : outlineWidth, stroke, strokeWidth, strokeOpacity];
        }));
        const looks = stops.map(look);
        globalThis.walked = [];
        document.addEventListener("focusin", ({ target }) => {
          const at = stops.indexOf(target);
          if (main.contains(target)) globalThis.walked.push({ at, html: target.outerHTML.slice(0, 120), isSeen: at >= 0 && look(target) !== looks[at] });
        });
        main.tabIndex = -1;
        main.focus();
        globalThis.walked.length = 0;
        return stops.length;
      });
      assert.ok(expected > 4, `${path}: ${expected} stops`);
      const isInside = () => page.evaluate(() => document.querySelector("main").contains(document.activeElement));
      // A day is written in several parts, each a stop of its own that only the browser knows.
      const isWalked = () => page.evaluate((expected) => globalThis.walked.length >= expected, expected);
      for (let n = 0; n < expected * 2 && !(await isWalked()); n += 1) await page.keyboard.press("Tab");
      const walked = await page.evaluate(() => globalThis.walked);
      assert.deepEqual(walked.map(({ at }) => at), [...Array(expected).keys()], `${path}: ${walked.find(({ at }, n) => at !== n)?.html}`);
      assert.deepEqual(walked.filter(({ isSeen }) => !isSeen).map(({ html }) => html).slice(0, 3), [], `${path}: no sign of the keyboard`);
      assert.ok(await isInside(), path);
      await page.keyboard.press("Tab");
      assert.equal(await isInside(), false, `${path}: no way out`);
      await page.keyboard.press("Shift+Tab");
      assert.ok(await isInside(), `${path}: no way back`);
      await leave(visited);
    }
  },

  async "what is drawn is used with keys alone: areas and places of the map, nouns of the network, stops of ways"() {
    for (const mark of [".area", ".place"]) {
      const visited = await visit("/map");
      const { page } = visited;
      await drawnAll(page);
      const link = page.locator(`figure.map svg a:has(${mark})`).last();
      const [href, name] = [await link.getAttribute("href"), await link.getAttribute("aria-label")];
      await page.focus("figure.map .zoom button");
      await page.keyboard.press("Enter");
      await link.focus();
      await page.waitForFunction((mark) => {
        const box = document.activeElement.querySelector(mark).getBoundingClientRect();
        const frame = document.querySelector("figure.map .frame").getBoundingClientRect();
        return box.right > frame.left && box.left < frame.right && box.bottom > frame.top && box.top < frame.bottom;
      }, mark);
      await Promise.all([page.waitForURL(new URL(href, base).href), page.keyboard.press("Enter")]);
      assert.ok(name.startsWith((await page.textContent("h1")).trim()), name);
      await leave(visited);
    }
    const network = await visit("/network");
    await drawnAll(network.page);
    const stage = network.page.locator("#network .drawing");
    await stage.focus();
    await network.page.keyboard.press("ArrowRight");
    await network.page.keyboard.press("Enter");
    const link = network.page.locator("#network .network-details a[href]").first();
    await link.waitFor();
    assert.match(await link.getAttribute("href"), /^\.\/[a-z-]+\/./);
    await network.page.keyboard.press("Escape");
    assert.equal(await link.isVisible(), false);
    await leave(network);
    const ways = await visit((await navigation()).find((path) => path.startsWith("/ways?")));
    await drawnAll(ways.page);
    const stop = ways.page.locator("figure.ways svg a").last();
    const href = await stop.getAttribute("href");
    await stop.focus();
    await Promise.all([ways.page.waitForURL(new URL(href, base).href), ways.page.keyboard.press("Enter")]);
    await leave(ways);
  },

  async "every page is printed with its content and its pictures, and without what paper cannot do"() {
    for (const path of await navigation()) {
      // As wide as a sheet between its margins.
      const visited = await visit(path, { viewport: { width: 718, height: 1000 }, colorScheme: "dark" });
      const { page } = visited;
      await drawnAll(page);
      await page.emulateMedia({ media: "print" });
      for (const gone of ["header.bar", ".strip", ".choose", ".zoom", ".pager", "main form"]) assert.equal(await page.locator(gone).first().isVisible(), false, `${path}: ${gone}`);
      const unseen = await page.evaluate(() => {
        const content = "main :is(h1, h2, h3, th, dd, li), figure svg, figure canvas, main .noun a";
        const isShown = (one) => one.closest(".zoom, .tip, form, thead, .network, .pager, .developers") || (one.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && one.getBoundingClientRect().height > 0);
        return [...document.querySelectorAll(content)].filter((one) => one.textContent !== "" && !isShown(one)).map((one) => one.outerHTML.slice(0, 120));
      });
      assert.deepEqual(unseen.slice(0, 3), [], `${path}: not on paper`);
      const { overflow, background } = await page.evaluate(() => ({ overflow: document.documentElement.scrollWidth - innerWidth, background: getComputedStyle(document.body).backgroundColor }));
      assert.ok(overflow <= 0, `${path} is ${overflow} px wider than a sheet`);
      assert.equal(background, "rgb(255, 255, 255)", path);
      const pdf = await page.pdf({ format: "A4" });
      const sheets = pdf.toString("latin1").match(/\/Type \/Page\b/g)?.length ?? 0;
      assert.ok(sheets >= 1 && sheets < 60, `${path}: ${sheets} sheets`);
      if (shots) fs.writeFileSync(`${shots}/print${path.replace(/\W+/g, "-")}.pdf`, pdf);
      await leave(visited);
    }
  },

  async "every page is read in large letters and on a small window without scrolling sideways"() {
    for (const path of await navigation()) {
      const visited = await visit(path);
      const { page } = visited;
      await drawnAll(page);
      // A window of 1440 px enlarged twice has 720 px, enlarged more than four times 320 px; letters alone may be enlarged, too.
      for (const [width, letters] of [[1440, "200%"], [720, "100%"], [720, "200%"], [360, "125%"], [320, "100%"]]) {
        await page.setViewportSize({ width, height: 700 });
        await page.evaluate((letters) => (document.documentElement.style.fontSize = letters), letters);
        const { overflow, widest } = await page.evaluate(() => {
          const overflow = document.documentElement.scrollWidth - innerWidth;
          const isCut = (one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(".scroll, .frame, pre, .network");
          return { overflow, widest: [...document.querySelectorAll("main *, header *, footer *")].filter(isCut).map((one) => one.outerHTML.slice(0, 100)).slice(0, 2) };
        });
        assert.ok(overflow <= 0, `${path} is ${overflow} px wider than ${width} px in letters of ${letters}: ${widest.join(" | ")}`);
      }
      await leave(visited);
    }
  },

  async "nothing moves on any page for those who want no motion"() {
    const moving = (page) => page.evaluate(() => {
      const moves = (one) => getComputedStyle(one).transitionDuration.split(", ").some((time) => time !== "0s") || getComputedStyle(one).animationName !== "none" || getComputedStyle(one).scrollBehavior === "smooth";
      return [...document.querySelectorAll("*")].filter(moves).map((one) => one.outerHTML.slice(0, 100)).slice(0, 3);
    });
    for (const path of await navigation()) {
      const visited = await visit(path);
      await drawnAll(visited.page);
      // Buttons move a little for all others, so that there is something to find.
      assert.notDeepEqual(await moving(visited.page), [], path);
      await visited.page.emulateMedia({ reducedMotion: "reduce" });
      assert.deepEqual(await moving(visited.page), [], path);
      await leave(visited);
    }
  },

  async "the numbers of every page are those of the answers to the questions at its foot"() {
    const sum = (all) => all.reduce((total, n) => total + n, 0);
    const found = (nodes, ...keys) => new Set(nodes.map((node) => keys.map((key) => node[key]).join("/"))).size;
    // What the lead says where it is not a number of the answer itself.
    const leads = {
      "/changes": ({ changes: { from, to } }) => [from, to].flatMap(({ asOf, revision }) => [Number(asOf.slice(8)), Number(asOf.slice(0, 4)), revision.number]),
      "/map": ({ schools: { totalCount, withoutLocationCount } }) => [totalCount - withoutLocationCount, totalCount],
      "/network": ({ groups, alliances, partners }) => {
        const lists = [...groups.nodes, ...alliances.nodes, ...partners.nodes].flatMap((one) => [one.schools, one.groups, one.partners].filter(Boolean));
        const edges = lists.flatMap((list) => list.edges);
        const nouns = [...groups.nodes, ...alliances.nodes, ...partners.nodes, ...edges.map(({ node }) => node)];
        return [found(nouns, "__typename", "slug"), edges.length];
      },
      "/projects": ({ projects: { nodes } }) => {
        const n = (isIt) => nodes.filter(({ status }) => isIt(status ?? "UNKNOWN")).length;
        return [n((status) => !["OPENED", "UNKNOWN"].includes(status)), n((status) => status === "OPENED"), n((status) => status === "UNKNOWN")];
      },
    };
    for (const path of await navigation()) {
      const visited = await visit(path);
      const { page } = visited;
      await drawnAll(page);
      const links = await page.$$eval("details.question .links a[href*='graphql?']", (all) => all.map((link) => link.href));
      assert.ok(links.length > 0, `${path} has no question`);
      const answers = [];
      for (const link of links) answers.push(await (await fetch(link)).json());
      assert.deepEqual(answers.flatMap(({ errors }) => errors ?? []), [], path);
      const map = Object.assign({}, ...answers.map(({ data }) => data.map ?? data));
      const numbers = (text) => (text.match(/\d[\d,]*(\.\d+)?/g) ?? []).map((one) => Number(one.replaceAll(",", "")));
      const told = numbers((await page.$$eval("main .lead", (all) => all.map((one) => one.textContent))).join(" "));
      const all = new Set();
      JSON.stringify(answers, (key, value) => (typeof value === "number" && all.add(value), value));
      // The steps of ways are counted over pages of schools; the table counts the same.
      if (path === "/ways") assert.deepEqual(told, [sum(numbers((await page.$$eval("#flows + p + .scroll td.num", (cells) => cells.map((cell) => cell.textContent))).join(" ")))]);
      else if (leads[path]) assert.deepEqual(told, leads[path](map), path);
      else for (const n of told) assert.ok(all.has(n), `${path}: nothing in the answer is ${n}`);
      // Each count beside a heading, a legend or a line of a list.
      const shown = await page.$$eval("main :is(.n, h2 .count, h3 .count, .gaps strong.num)", (counts) => counts.map((one) => one.textContent.split(" · ")[0]));
      const counted = shown.flatMap(numbers);
      assert.ok(counted.length + told.length > 0, `${path} has no number`);
      const own = new Set([...all, ...told]);
      if (!path.startsWith("/projects")) assert.deepEqual(counted.filter((n) => !own.has(n)), [], `${path}: not in the answer`);
      if (path === "/map") {
        const at = ({ location }) => (location ? 1 : 0);
        const schools = await everySchool("location { latitude } campuses(first: 100) { nodes { location { latitude } } }");
        const places = sum(schools.map((school) => at(school) + sum(school.campuses.nodes.map(at)))) + sum(map.partners.nodes.map(at));
        assert.equal(await page.locator("figure.map svg .place").count(), places);
        assert.equal(await page.locator("figure.map svg .area").count(), [...map.districts.nodes, ...map.townships.nodes].filter(({ outline }) => outline).length);
      }
      if (path === "/network") {
        const { nodes, ties } = await drawn(page);
        assert.deepEqual([nodes.length, ties], told);
      }
      if (path === "/coverage") assert.deepEqual(told, ["total", "covered", "uncovered", "unknown"].map((name) => map.all[name]));
      if (path === "/quality") assert.deepEqual(told, [map.contradictions.totalCount, map.findings.totalCount]);
      await leave(visited);
    }
  },

  async "a source shows where the keyboard is, and the first stop leads to the content"() {
    const { data } = await ask("{ groups(first: 1) { nodes { slug } } }");
    const visited = await visit(`/groups/${data.groups.nodes[0].slug}`);
    const { page } = visited;
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), "#main");
    const tip = page.locator(".tip").first();
    assert.equal(await tip.isVisible(), false);
    await page.locator(".cite > a").first().focus();
    assert.equal(await tip.isVisible(), true);
    assert.ok((await tip.textContent()).length > 5);
    await leave(visited);
    // Nor does a table that scrolls cut it off.
    for (const viewport of [wide, narrow]) {
      const projects = await visit("/projects", { viewport });
      await projects.page.locator(".scroll .cite > a").first().focus();
      const corners = await projects.page.locator(".scroll .tip").first().evaluate((tip) => {
        const { left, right, top, bottom } = tip.getBoundingClientRect();
        return [[left + 2, top + 10], [right - 2, top + 10], [left + 2, bottom - 10], [right - 2, bottom - 10]].map(([x, y]) => tip.contains(document.elementFromPoint(x, y)));
      });
      assert.deepEqual(corners, [true, true, true, true]);
      await leave(projects);
    }
  },

  async "the search offers what it finds while one types, by the keyboard alone"() {
    const { data } = await ask("{ schools(first: 1) { nodes { slug localizedName(lang: \"en\") { text } } } }");
    const [{ slug, localizedName }] = data.schools.nodes;
    const visited = await visit("/");
    const { page } = visited;
    await page.focus("#q");
    await page.keyboard.type(localizedName.text);
    await page.waitForSelector(".suggestions li");
    assert.equal(await page.getAttribute("#q", "aria-expanded"), "true");
    await inspect(page, "pages-suggestions");
    await page.keyboard.press("ArrowDown");
    const active = await page.getAttribute("#q", "aria-activedescendant");
    assert.equal(await page.getAttribute(`#${active}`, "aria-selected"), "true");
    await page.keyboard.press("Escape");
    assert.equal(await page.isVisible(".suggestions"), false);
    await page.keyboard.press("ArrowDown");
    await Promise.all([page.waitForURL(`**/schools/${slug}`), page.keyboard.press("Enter")]);
    assert.equal((await page.textContent("h1")).trim(), localizedName.text);
    await leave(visited);
  },

  async "the question of a page opens in the playground, and day and language are kept from page to page"() {
    const visited = await visit("/groups?asOf=2024-09-22&lang=en");
    const { page } = visited;
    await page.click("tbody th a");
    assert.match(page.url(), /asOf=2024-09-22/);
    assert.equal(await page.inputValue("#as-of"), "2024-09-22");
    await page.fill("#as-of", "2020-01-01");
    await page.click(".day button");
    assert.match(page.url(), /asOf=2020-01-01/);
    await page.click("details.question summary");
    await page.click("details.question .links a >> nth=0");
    await page.waitForSelector("main[data-ready=true]");
    await page.waitForSelector('.result-window :text("data")');
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

  async "the table is one list of the answer, and what stands above it repeats"() {
    const visited = await playground();
    const { page } = visited;
    for (const name of ["pages-of-a-hundred", "branches-of-a-school", "schools-per-township", "groups-by-stage", "two-days"]) {
      const { data } = await choose(page, name);
      await page.click('.strip >> text="Table"');
      await page.waitForSelector(".sheet td");
      const cells = (rows) => rows.map((row) => row.map(String).filter((cell) => cell !== "").sort());
      assert.deepEqual(cells(await tabled(page)), cells(flatten(data)), name);
      // The names are those of the same file from the server.
      const columns = await page.$$eval(".sheet th button", (all) => all.map((one) => one.firstChild.textContent));
      assert.equal(new Set(columns).size, columns.length, `${name}: ${columns}`);
      const list = await page.$eval(".sheet", (sheet) => sheet.dataset.list);
      const file = await fetch(`${base}/graphql`, { method: "POST", headers: { "content-type": "application/json", accept: "text/csv", ...(list && { "edumap-rows": list }) }, body: JSON.stringify({ documentId: name }) });
      const [header, ...lines] = (await file.text()).trimEnd().split("\r\n");
      const named = header.split(",");
      assert.deepEqual(columns.filter((column) => !named.includes(column)), [], `${name}: ${header}`);
      if (!lines.some((line) => line.includes('"'))) assert.equal(lines.length, data && flatten(data).length, name);
      assert.ok(columns.every((column) => !/\b(edges|nodes?|pageInfo)\b/.test(column)), `${name}: ${columns}`);
      await page.click('.strip >> text="JSON"');
    }
    await leave(visited);
  },

  async "lists beside each other are tables of their own, with the shortest headers that tell columns apart"() {
    const visited = await visit("/playground");
    const { page } = visited;
    const school = (name, group) => ({ name, group: group && { name: group, size: 3 }, codes: ["a", "b"] });
    const data = {
      groups: { totalCount: 2, nodes: [{ name: "G", schools: { edges: [{ role: "LEAD", node: school("A", "G") }, { role: "MEMBER", node: school("B", null) }] }, aliases: [{ text: "x" }] }] },
      partners: [{ name: "P" }, { name: "Q" }, { name: "R" }],
    };
    await makeUp(page, data);
    await page.waitForSelector("main[data-ready=true]");
    await page.click('.strip >> text="Table"');
    await page.click('[data-query="pages-of-a-hundred"]');
    await page.waitForSelector('.sheet td:text-is("LEAD")');
    const columns = () => page.$$eval(".sheet th button", (all) => all.map((one) => one.firstChild.textContent));
    assert.deepEqual(await columns(), ["groups.name", "role", "name", "group.name", "group.size", "codes"]);
    assert.deepEqual(await tabled(page), [["G", "LEAD", "A", "G", "3", "a; b"], ["G", "MEMBER", "B", "", "", "a; b"]]);
    assert.deepEqual(await page.$$eval('select[name="rows"] option', (all) => all.map((one) => one.textContent)), ["groups (1)", "groups.schools (2)", "groups.aliases (1)", "partners (3)"]);
    await page.selectOption('select[name="rows"]', { label: "partners (3)" });
    assert.deepEqual(await columns(), ["name"]);
    assert.deepEqual(await tabled(page), [["P"], ["Q"], ["R"]]);
    // What is below the rows is joined.
    await page.selectOption('select[name="rows"]', { label: "groups (1)" });
    assert.deepEqual(await columns(), ["name", "schools.role", "schools.name", "schools.group.name", "schools.group.size", "schools.codes", "aliases.text"]);
    assert.deepEqual(await tabled(page), [["G", "LEAD; MEMBER", "A; B", "G", "3", "a; b; a; b", "x"]]);
    await leave(visited);
  },

  async "the table is sorted from the keyboard and filtered by words, and its header stays"() {
    const visited = await playground();
    const { page } = visited;
    await choose(page, "pages-of-a-hundred");
    await page.click('.strip >> text="Table"');
    const before = await tabled(page);
    const column = (await page.$$eval(".sheet th button", (all) => all.map((one) => one.firstChild.textContent))).indexOf("name");
    const collator = new Intl.Collator("en", { numeric: true });
    await page.locator(".sheet th button").nth(column).focus();
    for (const [direction, sign] of [["ascending", 1], ["descending", -1]]) {
      await page.keyboard.press("Enter");
      assert.equal(await page.locator(".sheet th").nth(column).getAttribute("aria-sort"), direction);
      const names = (await tabled(page)).map((row) => row[column]);
      names.slice(1).forEach((name, i) => assert.ok(sign * collator.compare(names[i], name) <= 0, `${names[i]} before ${name}`));
    }
    await page.keyboard.press("Enter");
    assert.deepEqual(await tabled(page), before);
    const word = before[5][column].toLowerCase();
    await page.fill('input[name="filter"]', word);
    const kept = before.filter((row) => row.join("\n").toLowerCase().includes(word));
    await page.waitForFunction((n) => document.querySelectorAll(".sheet tbody tr").length === n, kept.length);
    assert.deepEqual(await tabled(page), kept);
    assert.match(await page.textContent(".tools .count"), new RegExp(`^${kept.length} of ${before.length} rows`));
    await page.fill('input[name="filter"]', "");
    await page.waitForFunction((n) => document.querySelectorAll(".sheet tbody tr").length === n, before.length);
    await page.$eval(".sheet", (sheet) => (sheet.scrollTop = 400));
    const gap = await page.evaluate(() => document.querySelector(".sheet th").getBoundingClientRect().top - document.querySelector(".sheet").getBoundingClientRect().top);
    assert.ok(Math.abs(gap) < 2, `the header is ${gap} px away`);
    await inspect(page, "playground-table");
    await leave(visited);
  },

  async "a file is asked of the server with the list that is shown, and what it refuses is said"() {
    const visited = await playground();
    const { page } = visited;
    await choose(page, "groups-by-stage");
    await page.click('.strip >> text="Table"');
    const list = await page.$eval(".sheet", (sheet) => sheet.dataset.list);
    const asked = [];
    // Whether the server makes files is tested where they are made.
    await page.route("**/graphql", (route) => {
      const { accept, "edumap-rows": rows } = route.request().headers();
      if (accept === "application/json") return route.continue();
      asked.push([accept, rows]);
      return accept === "text/csv" ? route.fulfill({ contentType: "text/csv; charset=utf-8", body: "name\r\nA\r\n" }) : route.fulfill({ contentType: "application/json", json: { errors: [{ message: "no list has places" }] } });
    });
    const [download] = await Promise.all([page.waitForEvent("download"), page.click('[aria-label="Download CSV"]')]);
    assert.equal(fs.readFileSync(await download.path(), "utf8"), "name\r\nA\r\n");
    assert.match(download.suggestedFilename(), /^\w+\.csv$/);
    await page.click('[aria-label="Download GeoJSON"]');
    await page.waitForSelector('.problem:text-is("no list has places")');
    await page.check('.strip [name="pages"]');
    await Promise.all([page.waitForEvent("download"), page.click('[aria-label="Download CSV"]')]);
    assert.deepEqual(asked, [["text/csv", list], ["application/geo+json", list], ["text/csv", `${list}; pages=all`]]);
    await leave(visited);
  },

  async "what a spreadsheet would take for a formula is copied as text"() {
    const visited = await visit("/playground");
    const { page } = visited;
    const names = ["=HYPERLINK(0)", "+1", "-x", "@sum", ' "=1"', "\uFF1Dsum", "plain", '"=1'];
    // The server has no such names, so that its answer is made up.
    await makeUp(page, { schools: { nodes: names.map((name) => ({ name, n: -1.5 })) } });
    await page.waitForSelector("main[data-ready=true]");
    await page.click('.strip >> text="Table"');
    await page.click('[data-query="pages-of-a-hundred"]');
    await page.waitForSelector('.sheet td:text-is("plain")');
    await page.click('.strip >> text="Copy"');
    await page.waitForSelector('text="Copied."');
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    const expected = ["name\tn", "'=HYPERLINK(0)\t-1.5", "'+1\t-1.5", "'-x\t-1.5", "'@sum\t-1.5", `' "=1"\t-1.5`, "'\uFF1Dsum\t-1.5", "plain\t-1.5", `'"=1\t-1.5`];
    assert.equal(copied, expected.map((line) => `${line}\n`).join(""));
    await leave(visited);
  },

  async "the graph draws nouns and says its ties in words"() {
    const visited = await playground();
    const { page } = visited;
    for (const name of ["alliance-charters", "reach-of-a-school", "groups-by-stage"]) {
      await choose(page, name);
      await page.click('.strip >> text="Graph"');
      const picture = await drawn(page);
      assert.ok(picture.nodes.length > 1 && picture.ties > 1, `${picture.nodes.length} nodes, ${picture.ties} ties`);
      assertLegible(picture, name);
      await page.click(".network-words summary");
      await page.waitForSelector(".network-words tbody tr");
      assert.equal(await page.locator(".network-words tbody tr").count(), picture.ties);
    }
    await inspect(page, "playground-graph");
    await leave(visited);
  },

  async "a graph of a thousand nouns is legible, searched, filtered and walked with keys"() {
    const visited = await visit(`/playground?query=${encodeURIComponent("{ groups { nodes { name schools { edges { role node { name slug } } } } } }")}`);
    const { page } = visited;
    const group = (g) => ({
      edumapId: `group ${g}`,
      name: `Group ${g}`,
      schools: { edges: Array.from({ length: 24 }, (_, i) => ({ role: i ? "MEMBER" : "LEAD", node: { edumapId: `school ${g} ${i}`, name: `School ${g}-${i}`, slug: `s-${g}-${i}` } })) },
    });
    await makeUp(page, { groups: { nodes: Array.from({ length: 40 }, (_, g) => group(g)) } });
    await page.click('.strip >> text="Graph"');
    // What ran before it was made up is asked again.
    await page.click(".graphiql-execute-button");
    await page.waitForSelector('.network[data-nodes="1000"]');
    const whole = await drawn(page);
    assertLegible(whole, "a thousand");
    assert.ok(whole.labels.length >= 10, `${whole.labels.length} names`);
    // With the most ties first.
    assert.ok(whole.labels.filter(({ text }) => text.startsWith("Group")).length >= 10, whole.labels.map(({ text }) => text).join());
    // Closer by, there is room for more of those that are in sight.
    await page.focus(".network .drawing");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    const details = await page.textContent(".network-details");
    assert.match(details, /Group \d+.*name.*24 ties.*schools →.*School \d+-0.*role LEAD/s);
    assert.equal((await drawn(page)).nodes.filter(({ isFaint }) => !isFaint).length, 25);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    assert.match(await page.textContent(".network-details"), /School \d+-\d+.*slug.*s-\d+-\d+.*1 tie/s);
    assert.match(await page.textContent(".network-status"), /School \d+-\d+, School, 1 tie/);
    await page.keyboard.press("Escape");
    assert.equal(await page.isVisible(".network-details"), false);
    await page.keyboard.press("Escape");
    assert.equal(await page.evaluate(() => document.activeElement.closest(".network .drawing")), null);
    await page.fill('.network input[name="find"]', "school 7-3");
    assert.match(await page.textContent(".network-status"), /^1 found/);
    await page.press('.network input[name="find"]', "Enter");
    assert.match(await page.textContent(".network-details h2"), /^School 7-3$/);
    await inspect(page, "playground-graph-thousand");
    await page.click('.network-kinds [data-kind="Group"]');
    assert.equal((await drawn(page)).nodes.filter(({ isLeftOut }) => isLeftOut).length, 40);
    await page.click('.network >> text="Whole screen"');
    await page.waitForFunction(() => document.querySelector(".network").getBoundingClientRect().width > 0.98 * innerWidth);
    await page.click('.network >> text="Whole screen"');
    await page.waitForFunction(() => document.querySelector(".network").getBoundingClientRect().width < 0.9 * innerWidth);
    await leave(visited);
  },

  async "nouns are one by their id and never by their name, and ids that nobody asked for are not shown"() {
    const query = "{ campuses(first: 100) { nodes { name } } schools(first: 100) { nodes { name group { name } } } }";
    const visited = await asked(query, "Graph");
    const { page } = visited;
    const { data } = await ask("{ campuses(first: 100) { nodes { id } } schools(first: 100) { nodes { id group { id } } } }");
    const ids = new Set([...data.campuses.nodes, ...data.schools.nodes, ...data.schools.nodes.map((one) => one.group).filter(Boolean)].map((one) => one.id));
    await page.waitForSelector(`.network[data-nodes="${ids.size}"]`);
    await page.click('.strip >> text="Table"');
    const columns = await page.$$eval(".sheet th", (all) => all.map((one) => one.textContent));
    assert.ok(columns.every((column) => !column.includes("edumap")), columns.join());
    await page.click('.strip >> text="JSON"');
    assert.ok(!(await page.textContent(".result-window")).includes("edumap"));
    // The meter says what the question itself costs.
    const cost = await fetch(`${base}/graphql`, { method: "POST", headers: { "content-type": "application/json", "edumap-cost": "1" }, body: JSON.stringify({ query }) });
    const { actual } = (await cost.json()).extensions.cost;
    assert.ok((await page.textContent(".meter")).includes(`cost ${actual.toLocaleString("en")}`));
    await leave(visited);
  },

  async "without ids, nouns of one name are as many as the answer has"() {
    const visited = await visit(`/playground?query=${encodeURIComponent("{ schools { nodes { name group { name } } } }")}`);
    const { page } = visited;
    await makeUp(page, { schools: { nodes: [{ name: "Same", group: { name: "Same" } }, { name: "Same", group: { name: "Same" } }] } });
    await page.click('.strip >> text="Graph"');
    await page.click(".graphiql-execute-button");
    await page.waitForSelector('.network[data-nodes="4"][data-ties="2"]');
    await leave(visited);
  },

  async "a noun of two days is two nouns, and each says its day"() {
    const visited = await asked(`{ then: map(asOf: "2024-01-01") { groups(first: 1) { nodes { name } } } now: map { groups(first: 1) { nodes { name } } } again: map { groups(first: 1) { nodes { name } } } }`, "Graph");
    await visited.page.waitForSelector('.network[data-nodes="2"]');
    await drawn(visited.page);
    await visited.page.click(".network-words summary");
    await visited.page.waitForSelector(".network-words li");
    const names = await visited.page.$$eval(".network-words li", (all) => all.map((one) => one.textContent.match(/\([^()]*\)$/)[0]));
    assert.deepEqual(names.sort(), ["(2024-01-01)", "(today)"]);
    await leave(visited);
  },

  async "the picture of the schema has every noun, and is the same each time"() {
    const visited = await visit("/schema");
    const { page } = visited;
    const places = async () => {
      await page.waitForSelector("#picture[data-drawn]");
      return page.evaluate(() => document.querySelector("#picture")._cyreg.cy.nodes().map((node) => [node.id(), Math.round(node.position("x")), Math.round(node.position("y"))]));
    };
    const first = await places();
    const { data } = await ask('{ __type(name: "Noun") { possibleTypes { name } } }');
    assert.deepEqual(first.map(([name]) => name).sort(), data.__type.possibleTypes.map(({ name }) => name).sort());
    await page.reload();
    assert.deepEqual(await places(), first);
    await page.click('#types .type:text-is("School")');
    assert.match(await page.textContent("#detail"), /campuses/);
    await leave(visited);
  },

  async "fields are clicked together to an operation that is valid, with variables for arguments"() {
    const visited = await playground();
    const { page } = visited;
    await page.click('[aria-label="New tab"]');
    await page.click('[aria-label="Show Fields"]');
    const box = (name) => page.locator(".fields-tree label", { hasText: new RegExp(`^\\s*${name}$`) }).locator("input").first();
    const text = () => active(page).then(({ query }) => (query ?? "").replaceAll(/\s+/g, " ").trim());
    const waitFor = async (expected) => {
      for (let n = 0; n < 50 && !expected.test(await text()); n += 1) await page.waitForTimeout(100);
      assert.match(await text(), expected);
    };
    await box("whyNot").check();
    await waitFor(/^query \(?\$from: ID!, \$to: ID!\)? \{ whyNot\(from: \$from, to: \$to\) \{ .+ \} \}$/);
    await box("whyNot").uncheck();
    await page.waitForFunction(() => document.querySelector(".fields-tree input:checked") === null);
    await box("schools").focus();
    await page.keyboard.press("Space");
    await waitFor(/^\{ schools \{ nodes \{ name slug \} \} \}$/);
    await page.locator(".fields-arguments summary").first().click();
    await page.locator(".fields-arguments label", { hasText: /^\s*first$/ }).locator("input").check();
    await waitFor(/^query \(\$first: Int\) \{ schools\(first: \$first\) \{ nodes \{ name slug \} \} \}$/);
    const [answer] = await Promise.all([answered(page), page.click('.fields-tools >> text="Run"')]);
    assert.equal(answer.errors, undefined);
    assert.ok(answer.data.schools.nodes.length > 0);
    await inspect(page, "playground-fields");
    await leave(visited);
  },

  async "slugs are offered where an argument or a variable takes one"() {
    const { data } = await ask("{ schools(first: 1) { nodes { slug } } groups(first: 1) { nodes { slug } } }");
    const [school, group] = [data.schools.nodes[0].slug, data.groups.nodes[0].slug];
    const visited = await playground();
    const { page } = visited;
    await page.click('[aria-label="New tab"]');
    await focusEditor(page);
    await page.keyboard.press("Control+A");
    await page.keyboard.type(`query Q($of: ID) { school(slug: "${school}`);
    await offered(page, school);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+End");
    await page.keyboard.type(" { name } schools(filter: { group: $of ");
    await page.keyboard.press("Escape");
    const { query } = await page.evaluate(() => new Promise((done) => setTimeout(() => {
      const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem("graphiql:tabState"));
      done(tabs[activeTabIndex]);
    }, 1000)));
    assert.ok(query.includes(`slug: "${school}"`), query);
    await leave(visited);
    const other = await asked("query Q($of: ID) { schools(first: 1, filter: { group: $of }) { nodes { name } } }");
    await other.page.locator(".graphiql-editor-tool .monaco-editor").first().locator("textarea, .native-edit-context").first().focus();
    await other.page.keyboard.press("Control+A");
    await other.page.keyboard.type(`{ "of": "${group}`);
    await offered(other.page, group);
    await leave(other);
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
    await other.page.waitForSelector(".network .drawing");
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
    // Whatever asks: neither does another panel cover the answer.
    await page.click('[aria-label="Show Fields"]');
    await Promise.all([answered(page), page.click('.fields-tools >> text="Run"')]);
    assert.equal(await page.locator(".fields-panel").count(), 0);
    await page.click('.strip >> text="Table"');
    await page.waitForSelector(".sheet td");
    // Its middle is the table, and not something above it.
    const { height, isOnTop } = await page.$eval(".sheet", (sheet) => {
      const box = sheet.getBoundingClientRect();
      const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      return { height: box.height, isOnTop: sheet.contains(top) };
    });
    assert.ok(isOnTop);
    assert.ok(height > 330, `${height} px`);
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
