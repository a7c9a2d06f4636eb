import { Route, Switch } from "wouter";
import { CorrelationIndex } from "./correlation/CorrelationIndex";
import { CorrelationPage } from "./correlation/CorrelationPage";
import { LogsPage } from "./logs/LogsPage";
import { OverviewPage } from "./overview/OverviewPage";
import { PrivacyPage } from "./privacy/PrivacyPage";
import { NotFound } from "./shell/NotFound";
import { Shell } from "./shell/Shell";
import { TracePage } from "./traces/TracePage";
import { TracesPage } from "./traces/TracesPage";

export function App() {
  return (
    <Shell>
      <Switch>
        <Route path="/" component={OverviewPage} />
        <Route path="/logs" component={LogsPage} />
        <Route path="/traces" component={TracesPage} />
        <Route path="/traces/:id">{({ id }) => <TracePage key={id} id={id} />}</Route>
        <Route path="/correlations" component={CorrelationIndex} />
        <Route path="/correlations/:id">{({ id }) => <CorrelationPage key={id} id={id} />}</Route>
        <Route path="/privacy" component={PrivacyPage} />
        <Route component={NotFound} />
      </Switch>
    </Shell>
  );
}
