// Builds the pages that people look at, compresses them and lists the licenses of what is in them.
import react from "@vitejs/plugin-react";
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig } from "vite";
import { compress } from "./build/compress.ts";
import { licenses } from "./build/licenses.ts";

const page = (name: string) => resolve(import.meta.dirname, `${name}.html`);
// What makes the pages of the server better; each is found by its name in the manifest.
const scripts = readdirSync(resolve(import.meta.dirname, "src/pages")).filter((file) => file.endsWith(".ts"));

export default defineConfig({
  // Relative addresses, so that a proxy may serve the whole under a path of its own.
  base: "./",
  plugins: [react(), licenses(), compress()],
  worker: { format: "es" },
  build: {
    target: "es2022",
    manifest: "manifest.json",
    // Everything is a file of its own, so that the content security policy can do without `data:` scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 8192,
    reportCompressedSize: false,
    rollupOptions: {
      input: [
        ...["playground", "schema", "documents", "licenses"].map(page),
        ...scripts.map((file) => resolve(import.meta.dirname, "src/pages", file)),
      ],
      // GraphiQL's files talk to a compiler that has already run.
      onwarn: (warning, warn) => warning.code === "MODULE_LEVEL_DIRECTIVE" || warn(warning),
    },
  },
});
