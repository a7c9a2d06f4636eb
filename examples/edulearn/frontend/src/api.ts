/** EduLearn's API, as the gateway offers it. */

export interface Tenant { tenant_id: string; name: string }
export interface Learner { tenant_id: string; display_name: string }
export interface Course { course_id: string; title: string; subject: string; summary: string; enrolled: boolean }
export interface Passage { passage_id: number; heading: string; body: string }
export interface CourseDetail {
  course_id: string;
  title: string;
  summary: string;
  quiz_id: string | null;
  passages: Passage[];
}
export interface Question { question_id: number; prompt: string; choices: string[] }
export interface Quiz { quiz_id: string; course_id: string; title: string; questions: Question[] }
export interface Submission {
  submission_id: string;
  course_title: string;
  score: number | null;
  points: number | null;
  submitted_at: string;
}
export interface Answer { answer: string; sources: { course_title: string; heading: string }[] }

/** The API's routes, by which the browser SDK names requests. */
export const ROUTES = [
  "/api/session",
  "/api/tenants",
  "/api/courses",
  "/api/courses/{course_id}",
  "/api/quizzes/{quiz_id}",
  "/api/quizzes/{quiz_id}/submissions",
  "/api/submissions/{submission_id}",
  "/api/grades",
  "/api/recommendations",
  "/api/tutor/questions",
] as const;

/** An answer of the API that is not a success; its message is for the learner. */
export class ApiError extends Error {
  override name = "ApiError";
}

async function call<T>(path: string, body?: unknown): Promise<T> {
  const init: RequestInit =
    body === undefined
      ? {}
      : { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  const response = await fetch(path, init);
  if (!response.ok) {
    throw new ApiError(
      response.status >= 500 ? "That did not work. Please try again in a moment." : "That cannot be done.",
    );
  }
  return (await response.json()) as T;
}

const id = encodeURIComponent;

export const tenants = () => call<Tenant[]>("/api/tenants");
export const beginSession = (tenant: string) => call<Learner>("/api/session", { tenant_id: tenant });
export const courses = () => call<Course[]>("/api/courses");
export const course = (courseId: string) => call<CourseDetail>(`/api/courses/${id(courseId)}`);
export const quiz = (quizId: string) => call<Quiz>(`/api/quizzes/${id(quizId)}`);
export const submit = (quizId: string, answers: number[]) =>
  call<{ submission_id: string }>(`/api/quizzes/${id(quizId)}/submissions`, { answers });
export const submission = (submissionId: string) => call<Submission>(`/api/submissions/${id(submissionId)}`);
export const grades = () => call<Submission[]>("/api/grades");
export const recommendations = () => call<Course[]>("/api/recommendations");
export const ask = (question: string, courseId: string | null) =>
  call<Answer>("/api/tutor/questions", { question, course_id: courseId });
