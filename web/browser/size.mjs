// Says what a page pays for the SDK; fails the build when it grows past its budget.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_BYTES = 4096;
const bytes = gzipSync(readFileSync("dist/eduscope-browser.js"), { level: 9 }).length;
console.log(`@eduscope/browser: ${bytes} bytes gzipped (budget ${BUDGET_BYTES})`);
if (bytes > BUDGET_BYTES) process.exit(1);
