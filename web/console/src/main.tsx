import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { ApiError } from "./api/errors";
import { SESSION } from "./api/queries";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/parts.css";
import "./styles/overview.css";
import "./styles/logs.css";
import "./styles/search.css";
import "./styles/traces.css";
import "./styles/correlation.css";
import "./styles/privacy.css";

// Nothing is retried behind one's back: an error is shown with its reason, and the way to try again.
const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // A session that ended while the page was open: the door is shown instead of a page of refusals.
    onError: (error, query) => {
      const signedOut = error instanceof ApiError && error.status === 401;
      if (signedOut && query.queryKey[0] !== SESSION) void queries.invalidateQueries({ queryKey: [SESSION] });
    },
  }),
  defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false, staleTime: 5_000 } },
});

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root element to put the console into");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
