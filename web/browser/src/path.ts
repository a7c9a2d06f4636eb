/** Addresses as templates: what could name a person or a thing is taken out, the query is dropped. */

// A segment that holds a digit, an @ or an escape, or that is long, is an id or something a person typed.
const VARIABLE = /[\d@%]|^.{33,}$/;
const LONGEST_PATH = 200;

/** The path of an address as a template: `/api/quizzes/7?x=1` is `/api/quizzes/{id}`. */
export function pathTemplate(path: string): string {
  const clean = path.split(/[?#]/, 1)[0] ?? "";
  const template = clean
    .split("/")
    .map((segment) => (VARIABLE.test(segment) ? "{id}" : segment))
    .join("/");
  return template.slice(0, LONGEST_PATH) || "/";
}

/**
 * The path of a request as its span tells it. A page that knows its own routes gives them as templates, such as
 * `/api/courses/{course_id}`; the first that fits is the answer, else the digits rule above.
 */
export function requestTemplate(path: string, routes: readonly string[]): string {
  const segments = path.split("/");
  for (const route of routes) {
    const parts = route.split("/");
    const fits =
      parts.length === segments.length &&
      parts.every((part, i) => (part.startsWith("{") ? segments[i] !== "" : part === segments[i]));
    if (fits) return route;
  }
  return pathTemplate(path);
}
