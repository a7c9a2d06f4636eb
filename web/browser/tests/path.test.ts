import { expect, test } from "vitest";
import { pathTemplate, requestTemplate } from "../src/path.js";

test.each([
  ["/api/quizzes/7?x=1", "/api/quizzes/{id}"],
  ["/api/courses", "/api/courses"],
  ["/people/ada@school.example/grades", "/people/{id}/grades"],
  ["/people/Ada%20Lovelace", "/people/{id}"],
  ["/s/b3f1c2d4-0000-4000-8000-000000000000#top", "/s/{id}"],
  ["", "/"],
])("%s is %s", (path, template) => {
  expect(pathTemplate(path)).toBe(template);
});

test("a known route names the request; an unknown one falls back to the rule", () => {
  const routes = ["/api/courses/{course_id}", "/api/courses"];
  expect(requestTemplate("/api/courses/riverside-algebra", routes)).toBe("/api/courses/{course_id}");
  expect(requestTemplate("/api/courses/", routes)).toBe("/api/courses/");
  expect(requestTemplate("/api/else/9", routes)).toBe("/api/else/{id}");
});
