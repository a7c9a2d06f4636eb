import { defineConfig } from "vite";

const sdk = new URL("../../../web/browser/src/index.ts", import.meta.url);

export default defineConfig({
  // From source, so that this builds on its own, before or after the SDK's package does.
  resolve: { alias: { "@eduscope/browser": decodeURIComponent(sdk.pathname) } },
  build: { target: "es2022" },
});
