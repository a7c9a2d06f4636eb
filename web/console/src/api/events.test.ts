import { expect, it } from "vitest";
import { readEvents, type ServerEvent, splitEvents } from "./events";

it("splits events, passes comments over and keeps what is not whole yet", () => {
  const { events, rest } = splitEvents(
    ": keep-alive\n\nevent: log\ndata: {1}\n\nevent: dropped\ndata: {2}\n\nevent: l",
  );
  expect(events).toEqual([
    { name: "log", data: "{1}" },
    { name: "dropped", data: "{2}" },
  ]);
  expect(rest).toBe("event: l");
});

it("joins the lines of one event", () => {
  expect(splitEvents("data: a\ndata: b\r\n\r\n").events).toEqual([{ name: "message", data: "a\nb" }]);
});

it("reads events that arrive in pieces, cut within a character", async () => {
  const bytes = new TextEncoder().encode("event: log\ndata: größer\n\n");
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const events: ServerEvent[] = [];
  for await (const event of readEvents(stream)) events.push(event);
  expect(events).toEqual([{ name: "log", data: "größer" }]);
});
