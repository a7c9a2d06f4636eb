import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const LEAST = 4.5;
const SURFACES = ["bg", "surface", "raised", "hover", "selected"];
const TEXTS = ["text", "muted", "faint", "accent", "error", "warning", "good", "critical"];
const TOKENS = ["token-field", "token-value", "token-quoted", "token-operator"];

const css = readFileSync(new URL("tokens.css", import.meta.url), "utf8");
const themes = [...css.matchAll(/\{([^{}]*--bg:[^{}]*)\}/g)].map(
  ([, rules]) =>
    new Map([...(rules ?? "").matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, k, v]) => [k, v])),
);

/** WCAG 2.2, relative luminance. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function tooFaint(theme: Map<string | undefined, string | undefined>): string[] {
  const pairs = [...TEXTS, ...TOKENS].flatMap((text) => SURFACES.map((surface) => [text, surface] as const));
  const soft = ["error", "warning", "good"].flatMap((tone) =>
    [tone, "text", "muted"].map((text) => [text, `${tone}-soft`] as const),
  );
  return [...pairs, ...soft, ["on-accent", "accent-fill"] as const, ["bg", "error"] as const]
    .filter(([one, other]) => contrast(theme.get(one) ?? "#000000", theme.get(other) ?? "#000000") < LEAST)
    .map(([one, other]) => `${one} on ${other}`);
}

describe("every text can be read on every surface", () => {
  it("knows the light theme, and the dark one twice", () => expect(themes).toHaveLength(3));

  it.each(themes.map((theme, index) => [index, theme] as const))("in theme %i", (_, theme) => {
    expect(tooFaint(theme)).toEqual([]);
  });

  it("has the same dark colours by wish and by choice", () => expect(themes[1]).toEqual(themes[2]));
});
