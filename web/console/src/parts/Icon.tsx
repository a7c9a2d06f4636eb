// Hand-drawn 16 px line icons: one path each, so that nothing is fetched and colours follow the text.
const PATHS = {
  search: "M7 2.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9zM10.5 10.5L14 14",
  chevron: "M6 3.5l4.5 4.5L6 12.5",
  copy: "M5.5 5.5h8v8h-8zM3 10.5V2.5h7.5",
  check: "M3 8.5l3.5 3.5L13 4.5",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  clock: "M8 2a6 6 0 1 1 0 12a6 6 0 0 1 0-12zM8 4.5V8l2.5 1.5",
  refresh: "M13.5 8A5.5 5.5 0 1 1 11.8 4M13.5 2v3.5H10",
  play: "M4.5 3l8 5l-8 5z",
  pause: "M5 3v10M11 3v10",
  link: "M6.5 9.5l3-3M7 4.5l1.5-1.5a3.2 3.2 0 0 1 4.5 4.5L11.5 9M9 11.5L7.5 13A3.2 3.2 0 0 1 3 8.5L4.5 7",
  trace: "M2 3.5h7M5 8h8M8 12.5h6",
  timeline: "M3 2v12M3 4.5h8M3 8h5M3 11.5h9",
  logs: "M2.5 4h11M2.5 8h11M2.5 12h7",
  overview: "M2.5 9.5h3v4h-3zM6.5 2.5h3v11h-3zM10.5 6h3v7.5h-3z",
  sun: "M8 5.2a2.8 2.8 0 1 1 0 5.6a2.8 2.8 0 0 1 0-5.6zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9",
  moon: "M13 9.8A5.5 5.5 0 1 1 6.2 3a4.5 4.5 0 0 0 6.8 6.8z",
  contrast: "M8 2a6 6 0 1 1 0 12a6 6 0 0 1 0-12zM8 2v12M8 5l4.5-.5M8 8h6M8 11h5",
  help: "M6 6a2 2 0 1 1 3 1.7c-.7.4-1 .8-1 1.6M8 11.6v.2M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8z",
  alert: "M8 2.2L14.5 13.5h-13zM8 6.5v3.2M8 11.5v.2",
  person: "M8 2.5a2.6 2.6 0 1 1 0 5.2a2.6 2.6 0 0 1 0-5.2zM2.8 13.8c.4-2.8 2.5-4.2 5.2-4.2s4.8 1.4 5.2 4.2",
  widen: "M5.5 4L2 8l3.5 4M10.5 4L14 8l-3.5 4M2 8h12",
  shield: "M8 1.8l5 1.9v3.8c0 3.2-2 5.6-5 6.7c-3-1.1-5-3.5-5-6.7V3.7zM5.8 7.8l1.7 1.7l2.9-3.2",
  arrow: "M3 8h10M9 4l4 4-4 4",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
