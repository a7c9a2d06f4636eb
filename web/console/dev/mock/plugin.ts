import type { Plugin } from "vite";

/** The platform's read API over a made-up school, while no platform runs. Only `npm run dev` uses it. */
export function mockPlatform(): Plugin {
  return {
    name: "mock-platform",
    apply: "serve",
    async configureServer(server) {
      if (process.env.VITEST) return;
      // Loaded through Vite, since it shares the search language with the console.
      const mock = (await server.ssrLoadModule("/dev/mock/server.ts")) as typeof import("./server");
      const { answer, close } = mock.openSchool();
      server.httpServer?.on("close", close);
      server.middlewares.use((request, response, next) => {
        const url = new URL(request.url ?? "/", "http://console");
        if (url.pathname.startsWith("/api/")) void answer(request, url, response);
        else next();
      });
    },
  };
}
