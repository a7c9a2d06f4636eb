import { expect, it } from "vitest";
import type { FieldInfo } from "../api/types";
import { suggest } from "./suggest";

const FIELDS: FieldInfo[] = [
  { name: "log_level", class: "label", description: "How bad it is", values: [{ value: "error", count: 3 }] },
  {
    name: "service_name",
    class: "label",
    description: "Who wrote it",
    values: [
      { value: "courses", count: 9 },
      { value: "model server", count: 4 },
    ],
  },
  { name: "http.route", class: "path", description: "The route", values: [] },
];

const labels = (query: string, caret = query.length) =>
  suggest(query, caret, FIELDS).items.map((item) => item.label);

it("offers fields by their short name while a name is typed", () => {
  expect(labels("slow serv")).toEqual(["service:"]);
  expect(labels("rout")).toEqual(["http.route:"]);
});

it("offers the values seen, after the colon, under an alias too", () => {
  expect(labels("service:")).toEqual(["courses", "model server"]);
  expect(labels("service:mod")).toEqual(["model server"]);
  expect(labels("-service_name:c")).toEqual(["courses"]);
});

it("quotes a value that needs it, and replaces the whole value", () => {
  const query = "service:mod slow";
  const { start, end, items } = suggest(query, 11, FIELDS);
  expect(query.slice(0, start) + items[0]?.insert + query.slice(end).trimStart()).toBe(
    'service:"model server" slow',
  );
});

it("offers severities from a level upwards", () => {
  expect(labels("level:>")).toEqual([">=warning", ">=error"]);
});

it("offers nothing inside quoted words, and nothing once a value is complete", () => {
  expect(labels('"ser')).toEqual([]);
  expect(labels("service:courses")).toEqual([]);
});

it("offers the correlation of a lone id first", () => {
  const { items } = suggest("4bf92f3577b34da6", 16, FIELDS);
  expect(items[0]).toMatchObject({ kind: "correlation", insert: "4bf92f3577b34da6" });
});
