import { defineConfig } from "vitest/config";

export default defineConfig({
  build: {
    target: "es2022",
    // Whitespace too, which Vite leaves in a library: a page may load this file as it is.
    rolldownOptions: { output: { minify: true } },
    lib: { entry: "src/index.ts", formats: ["es"], fileName: "eduscope-browser" },
  },
  test: { environment: "jsdom", environmentOptions: { jsdom: { url: "http://learn.test/courses/42" } } },
});
