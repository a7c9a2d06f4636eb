/** The browser SDK, once for the page. */

import { init } from "@eduscope/browser";
import { ROUTES } from "./api.js";

export const telemetry = init({
  endpoint: "/telemetry",
  service: "edulearn-web",
  release: "1.0.0",
  environment: "production",
  routes: ROUTES,
});
