/** How many service colours the style sheet has (`[data-hue="0"]` …). */
export const HUES = 12;

const STORED_AS = "eduscope.services";

let given: Map<string, number> | null = null;

/** A colour for a service, the same on every page of this browser from its first sight on. */
export function serviceHue(name: string): number {
  given ??= remembered();
  const known = given.get(name);
  if (known !== undefined) return known;
  const hue = nextHue(name, new Set(given.values()));
  given.set(name, hue);
  rememberSoon(given);
  return hue;
}

/** The colour farthest from all those taken, since neighbours are hard to tell apart; by name while none is. */
export function nextHue(name: string, taken: ReadonlySet<number>): number {
  const start = hash(name) % HUES;
  const around = Array.from({ length: HUES }, (_, step) => (start + step) % HUES);
  const apart = (hue: number) => Math.min(HUES, ...[...taken].map((other) => distance(hue, other)));
  return around.reduce((best, hue) => (apart(hue) > apart(best) ? hue : best), start);
}

function distance(one: number, other: number): number {
  const straight = Math.abs(one - other);
  return Math.min(straight, HUES - straight);
}

/** FNV-1a: the same name starts at the same colour in every browser. */
function hash(name: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < name.length; at += 1) value = Math.imul(value ^ name.charCodeAt(at), 0x01000193);
  return value >>> 0;
}

function remembered(): Map<string, number> {
  try {
    return new Map(
      Object.entries(JSON.parse(localStorage.getItem(STORED_AS) ?? "{}") as Record<string, number>),
    );
  } catch {
    return new Map();
  }
}

let writing: ReturnType<typeof setTimeout> | undefined;

/** Once for all the services that a page shows for the first time. */
function rememberSoon(hues: Map<string, number>): void {
  clearTimeout(writing);
  writing = setTimeout(() => remember(hues), 200);
}

function remember(hues: Map<string, number>): void {
  try {
    localStorage.setItem(STORED_AS, JSON.stringify(Object.fromEntries(hues)));
  } catch {
    // Storage can be switched off; colours then hold until the page is loaded again.
  }
}
