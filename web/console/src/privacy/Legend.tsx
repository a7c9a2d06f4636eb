import { humanCount } from "../time/duration";
import { kindName, type kindsOf } from "./kinds";

interface LegendProps {
  kinds: ReturnType<typeof kindsOf>;
  chosen: string;
  choose: (kind: string) => void;
}

/** The kinds with their colours and counts; one can be looked at alone. */
export function Legend({ kinds, chosen, choose }: LegendProps) {
  return (
    <fieldset className="kinds">
      <legend className="hidden">Only one kind</legend>
      {kinds.map(({ kind, count, hue }) => (
        <button
          key={kind}
          type="button"
          className="kind-chip"
          data-hue={hue}
          aria-pressed={chosen === kind}
          title={chosen === kind ? "Show every kind" : `Only ${kindName(kind)}`}
          onClick={() => choose(chosen === kind ? "" : kind)}
        >
          <i aria-hidden="true" /> {kindName(kind)} <strong>{humanCount(count)}</strong>
        </button>
      ))}
    </fieldset>
  );
}
