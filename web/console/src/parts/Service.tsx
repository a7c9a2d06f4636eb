import { serviceHue } from "./serviceHue";

/** A service by its colour and name; the colour is the same on every page. */
export function Service({ name }: { name: string }) {
  return (
    <span className="service" title={name}>
      <i className="service-dot" data-hue={serviceHue(name)} aria-hidden="true" />
      <span className="service-name">{name || "unknown"}</span>
    </span>
  );
}
