import { defineConfig } from "vitest/config";

export default defineConfig({
  build: {
    target: "es2022",
    minify: true,
    lib: { entry: "src/index.ts", formats: ["es"], fileName: "eduscope-browser" },
  },
  test: { environment: "jsdom", environmentOptions: { jsdom: { url: "http://learn.test/courses/42" } } },
});
