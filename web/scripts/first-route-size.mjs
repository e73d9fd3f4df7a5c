// Prints what the browser must fetch before the first route shows, compressed, and fails above the budget.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 300;
const root = new URL("../../src/runstone/server/static/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", root), "utf8"));

/** Files of the entry, of what it imports, and of the chunk of the first page. */
function filesOf(names) {
  const seen = new Set();
  const files = new Set();
  const visit = (name) => {
    const chunk = manifest[name];
    if (!chunk || seen.has(name)) return;
    seen.add(name);
    files.add(chunk.file);
    for (const style of chunk.css ?? []) files.add(style);
    for (const next of chunk.imports ?? []) visit(next);
  };
  names.forEach(visit);
  return [...files];
}

const LATIN_FONT = Object.keys(manifest).filter((name) => name.endsWith("inter-latin-wght-normal.woff2"));
let total = 0;
for (const file of [...filesOf(["index.html", "src/app/pages/home-page.tsx", ...LATIN_FONT])]) {
  const bytes = readFileSync(fileURLToPath(new URL(file, root)));
  const size = file.endsWith(".woff2") ? bytes.length : gzipSync(bytes, { level: 9 }).length;
  total += size;
  console.log(`${(size / 1024).toFixed(1).padStart(8)} kB  ${file}`);
}
console.log(`${(total / 1024).toFixed(1).padStart(8)} kB  first route in all, gzip (budget ${BUDGET_KB} kB)`);
if (total > BUDGET_KB * 1024) {
  console.error(`The first route needs ${(total / 1024).toFixed(1)} kB; the budget is ${BUDGET_KB} kB.`);
  process.exit(1);
}
