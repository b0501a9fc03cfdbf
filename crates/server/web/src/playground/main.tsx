// Starts the playground: reads the ready-made questions, then shows GraphiQL with our panels around it.
import "./workers";
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "./playground.css";
import { createRoot } from "react-dom/client";
import { opened } from "../share";
import { Playground } from "./Playground";
import type { Curated } from "./curated";

const [curated, shared] = await Promise.all([
  fetch("playground/queries.json").then((response): Promise<Curated[]> => response.json()),
  opened(location),
]);

createRoot(document.getElementById("root")!).render(<Playground curated={curated} shared={shared} />);
