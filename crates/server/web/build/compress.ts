// Puts a Brotli and a gzip copy in the place of every text that gets smaller by it; the server unpacks for the few who take neither.
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const TEXT = /\.(html|js|css|svg|json|txt)$/;

export function compress(): Plugin {
  return {
    name: "edumap-compress",
    apply: "build",
    // Not `closeBundle`, which also runs after a failure, and whose own error would then be shown instead of the first.
    async writeBundle({ dir: outDir = "dist" }) {
      const files = (await readdir(outDir, { recursive: true })).filter((file) => TEXT.test(file));
      await Promise.all(
        files.map(async (file) => {
          const path = join(outDir, file);
          const text = await readFile(path);
          const br = await promisify(brotliCompress)(text, {
            params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length },
          });
          const gz = await promisify(gzip)(text, { level: 9 });
          if (Math.max(br.length, gz.length) >= text.length) return;
          await Promise.all([writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz), rm(path)]);
        }),
      );
    },
  };
}
