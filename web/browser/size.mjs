// Says what a page pays for the SDK once its bundler has minified it; fails the build above the budget.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { transformWithEsbuild } from "vite";

const BUDGET_BYTES = 4096;
const source = readFileSync("dist/eduscope-browser.js", "utf8");
const { code } = await transformWithEsbuild(source, "eduscope-browser.js", { minify: true, target: "es2022" });
const bytes = gzipSync(code, { level: 9 }).length;
console.log(`@eduscope/browser: ${bytes} bytes gzipped (budget ${BUDGET_BYTES})`);
if (bytes > BUDGET_BYTES) process.exit(1);
