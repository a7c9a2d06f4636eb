import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { mockPlatform } from "./dev/mock/plugin.ts";

// With a platform running, `EDUSCOPE_API=http://127.0.0.1:4400 EDUSCOPE_ADMIN_TOKEN=… npm run dev` shows
// its data; without one, the generated school of dev/mock answers.
const platform = process.env.EDUSCOPE_API;
const token = process.env.EDUSCOPE_ADMIN_TOKEN;
const onPlatform = {
  target: platform ?? "",
  ...(token ? { headers: { authorization: `Bearer ${token}` } } : {}),
};

// Tests of local times must say the same everywhere.
if (process.env.VITEST) process.env.TZ = "UTC";

export default defineConfig({
  plugins: [react(), ...(platform ? [] : [mockPlatform()])],
  server: {
    host: "127.0.0.1",
    proxy: platform ? { "/api": onPlatform, "/contract": onPlatform } : {},
  },
  build: {
    outDir: fileURLToPath(new URL("../../src/eduscope_server/console", import.meta.url)),
    emptyOutDir: true,
    target: "es2023",
    // The console's Content-Security-Policy allows its own origin only, so nothing may become a data: address.
    assetsInlineLimit: 0,
  },
  test: { include: ["src/**/*.test.ts", "dev/**/*.test.ts"], environment: "node" },
});
