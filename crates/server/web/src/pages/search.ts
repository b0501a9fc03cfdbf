// The search as one types: a combobox whose list comes from the API; without this script the form still finds everything.
import { ask } from "../ask";

const QUERY = `query Suggest($text: String!, $asOf: Date) {
  map(asOf: $asOf) {
    search(text: $text, first: 8) {
      totalCount
      edges {
        name
        language
        isFormer
        node { __typename slug localizedName { text language } }
      }
    }
  }
}`;

/** How long typing rests before the server is asked, in milliseconds. */
const REST = 120;

function enhance(input: HTMLInputElement): void {
  const box = input.parentElement!;
  const root = document.body.dataset.root ?? "./";
  const kinds: Record<string, [name: string, path: string]> = JSON.parse(input.dataset.kinds ?? "{}");
  const params = new URLSearchParams(location.search);
  const list = document.createElement("ul");
  list.id = `${input.id}-list`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels?.[0]?.textContent ?? "");
  const status = document.createElement("span");
  status.className = "hidden";
  status.setAttribute("role", "status");
  box.append(list, status);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  let active = -1;
  let asked = 0;
  const options = () => [...list.children] as HTMLLIElement[];
  const mark = (next: number) => {
    active = next;
    options().forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    const chosen = options()[active];
    if (chosen) {
      input.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const show = (is: boolean) => {
    list.hidden = !is;
    input.setAttribute("aria-expanded", String(is));
    if (!is) mark(-1);
  };
  const open = (option: HTMLLIElement) => location.assign(option.dataset.href!);

  const suggest = async () => {
    const text = input.value.trim();
    const turn = ++asked;
    if (!text) return show(false);
    const { data } = await ask({ query: QUERY, variables: { text, asOf: params.get("asOf") } }, { "accept-language": document.documentElement.lang }).catch(() => ({ data: null }));
    // What was typed later counts.
    if (turn !== asked) return;
    const found = data?.map?.search;
    if (!found) return show(false);
    const kept = new URLSearchParams([...params].filter(([name]) => ["lang", "asOf", "knownAt"].includes(name))).toString();
    list.replaceChildren(
      ...found.edges.filter((edge: any) => edge.node && kinds[edge.node.__typename]).map((edge: any, at: number) => {
        const { __typename, slug, localizedName } = edge.node;
        const [kind, path] = kinds[__typename];
        const option = document.createElement("li");
        option.id = `${list.id}-${at}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.href = `${root}${path}/${encodeURIComponent(slug)}${kept && `?${kept}`}`;
        const name = document.createElement("span");
        name.textContent = localizedName.text;
        name.lang = localizedName.language;
        const note = document.createElement("small");
        note.textContent = kind;
        option.append(name, note);
        if (edge.name !== localizedName.text) {
          const other = document.createElement("small");
          if (edge.language) other.lang = edge.language;
          other.textContent = edge.isFormer ? input.dataset.former!.replace("{name}", edge.name) : edge.name;
          option.append(other);
        }
        // Before the field loses the focus, which closes the list.
        option.addEventListener("mousedown", (event) => event.preventDefault());
        option.addEventListener("click", () => open(option));
        return option;
      }),
    );
    const n: number = found.totalCount;
    status.textContent = (n === 1 ? input.dataset.foundOne! : input.dataset.foundMany!).replace("{n}", n.toLocaleString(document.documentElement.lang));
    active = -1;
    show(options().length > 0);
  };

  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(suggest, REST);
  });
  input.addEventListener("blur", () => show(false));
  input.addEventListener("keydown", (event) => {
    const n = options().length;
    if (event.key === "Escape" && !list.hidden) show(false);
    else if (event.key === "Enter" && active >= 0) open(options()[active]);
    else if (event.key === "ArrowDown" && n > 0) {
      show(true);
      mark((active + 1) % n);
    } else if (event.key === "ArrowUp" && n > 0) {
      show(true);
      mark((active <= 0 ? n : active) - 1);
    } else return;
    event.preventDefault();
  });
}

document.querySelectorAll<HTMLInputElement>("[data-search] input[type=search]").forEach(enhance);
