import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const server = process.env["RUNSTONE_DEV_SERVER"] ?? "http://127.0.0.1:5000";
const proxied = { target: server, changeOrigin: true };

/** Passes on the licence of the bundled font, which the list of the bundled scripts does not know. */
function fontLicense(): Plugin {
  const source = fileURLToPath(new URL("./node_modules/@fontsource-variable/inter/LICENSE", import.meta.url));
  return {
    name: "font-license",
    apply: "build",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "font-license.txt", source: readFileSync(source) });
    },
  };
}

export default defineConfig({
  plugins: [react(), fontLicense()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: fileURLToPath(new URL("../src/runstone/server/static", import.meta.url)),
    emptyOutDir: true,
    // Inlined assets would need `data:` in the content policy of fonts and images.
    assetsInlineLimit: 0,
    manifest: ".vite/manifest.json",
    // The texts that the bundled packages ask to be passed on with them.
    license: { fileName: "licenses.md" },
    target: "es2023",
    chunkSizeWarningLimit: 900,
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/api": proxied,
      "/get-artifact": proxied,
      "/version": proxied,
    },
  },
  test: {
    // What draws asks for a document by a line at its top: `@vitest-environment jsdom`.
    environment: "node",
    setupFiles: ["./src/testing/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
