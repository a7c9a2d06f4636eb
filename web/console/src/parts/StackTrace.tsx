/** Where an exception came from; it scrolls by itself, so the keyboard has to reach it. */
export function StackTrace({ text }: { text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it, only a pointer could scroll it
    <pre className="stacktrace" tabIndex={0}>
      {text}
    </pre>
  );
}
