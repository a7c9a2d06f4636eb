import { CopyButton } from "./CopyButton";

/** How a service starts sending: with the SDK, and with any OpenTelemetry SDK. */
export function Connect() {
  const origin = window.location.origin;
  const sdk = `export EDUSCOPE_ENDPOINT=${origin}\nexport EDUSCOPE_INGEST_KEY=…   # printed by eduscope serve, or: eduscope keys create`;
  const python =
    'import eduscope\n\neduscope.init(service="courses", environment="production", release="1.4.2")';
  const otlp =
    `export OTEL_EXPORTER_OTLP_ENDPOINT=${origin}\n` +
    "export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\n" +
    'export OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer%20…"';
  return (
    <div className="connect">
      <Snippet title="A Python service: point it here" text={sdk} />
      <Snippet title="and turn the SDK on" text={python} />
      <Snippet title="Anything that speaks OpenTelemetry (OTLP over HTTP)" text={otlp} />
      <p className="muted">
        To see it alive at once, <code>eduscope demo</code> starts EduLearn, a small learning platform with
        students.
      </p>
    </div>
  );
}

function Snippet({ title, text }: { title: string; text: string }) {
  return (
    <figure className="snippet">
      <figcaption>
        {title}
        <CopyButton text={text} label="Copy" />
      </figcaption>
      <pre>{text}</pre>
    </figure>
  );
}
