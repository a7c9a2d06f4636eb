import { describe, expect, it } from "vitest";
import { filterFor, filterOut, quoteValue, setTerm } from "./edit";
import { looksLikeId } from "./identifier";

describe("filters", () => {
  it("adds a term under its short name, quoted where it must be", () => {
    expect(filterFor("slow", "service_name", "courses")).toBe("slow service:courses");
    expect(filterFor("", "http.route", "/courses/{id}")).toBe('http.route:"/courses/{id}"');
    expect(filterOut("", "log_level", "debug")).toBe("-level:debug");
  });

  it("says nothing twice", () => {
    expect(filterFor("service:courses", "service_name", "courses")).toBe("service:courses");
  });

  it("replaces its opposite", () => {
    expect(filterFor("-level:debug slow", "log_level", "debug")).toBe("slow level:debug");
  });

  it("keeps the meaning of an OR at the top level", () => {
    expect(filterFor("a OR b", "log_level", "error")).toBe("(a OR b) level:error");
    expect(filterFor("(a OR b) c", "log_level", "error")).toBe("(a OR b) c level:error");
  });

  it("sets and takes out a field", () => {
    expect(setTerm("slow service:tutor", "service_name", "courses")).toBe("slow service:courses");
    expect(setTerm("slow service:tutor", "service_name", "")).toBe("slow");
  });

  it("escapes quotes and backslashes", () => {
    expect(quoteValue('say "a\\b"')).toBe('"say \\"a\\\\b\\""');
  });
});

describe("looksLikeId", () => {
  it.each(["4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", "req-2026.11_23"])("takes %s", (text) =>
    expect(looksLikeId(text)).toBe(true),
  );
  it.each(["timeout", "proctoring", "level:error", "usr_k1_abc234defghij", "two words 123", "a1b2c3"])(
    "spares %s",
    (text) => expect(looksLikeId(text)).toBe(false),
  );
});
