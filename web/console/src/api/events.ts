export interface ServerEvent {
  name: string;
  data: string;
}

// `EventSource` hides the status and body of a refused stream, and a refused query must be shown at its
// position; so the stream is read with `fetch` and split here (WHATWG HTML, section 9.2).

/** Splits what arrived into whole events and the rest; comments (`: keep-alive`) vanish. */
export function splitEvents(text: string): { events: ServerEvent[]; rest: string } {
  const blocks = text.replaceAll("\r\n", "\n").split("\n\n");
  const rest = blocks.pop() ?? "";
  return { events: blocks.map(readBlock).filter((event) => event.data !== ""), rest };
}

function readBlock(block: string): ServerEvent {
  let name = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") name = value;
    else if (field === "data") data.push(value);
  }
  return { name, data: data.join("\n") };
}

export async function* readEvents(stream: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let waiting = "";
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) return;
      const { events, rest } = splitEvents(waiting + decoder.decode(value, { stream: true }));
      waiting = rest;
      yield* events;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
