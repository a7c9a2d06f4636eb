/** EduLearn's API, as the gateway offers it. */

export interface Tenant { tenant_id: string; name: string }
export type Role = "" | "visitor" | "learner" | "teacher" | "proctor" | "admin";
export interface Session { tenant_id: string; role: Role }
export interface Person extends Session { display_name: string; under_13: boolean; analytics: string }
export interface ClassOf { class_id: string; title: string; teacher: string; members: number }
export interface Consent { purpose: Purpose; granted: boolean; decided_by: "self" | "guardian" }
export type Purpose = "product_analytics" | "proctoring";
export interface Profile { person: Person; classes: ClassOf[]; consents: Consent[] }
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
export interface Answer { answer_id: string; sources: { course_title: string; heading: string }[] }
export type ExamState = "running" | "handed_in" | "terminated";
export type Decision = "flagged" | "cleared" | "terminated";
export type EventKind = "focus_lost" | "focus_regained" | "face_not_visible" | "second_voice";
export interface Exam {
  exam_id: string;
  title: string;
  minutes: number;
  session_id: string | null;
  state: ExamState | null;
}
export interface ExamSession {
  session_id: string;
  title: string;
  quiz_id: string;
  minutes: number;
  state: ExamState;
  correlation_id: string;
  submission_id: string | null;
  started_at: string;
  decision: Decision | null;
  reason: string | null;
  event_count: number;
}
export interface ExamRow {
  session_id: string;
  title: string;
  state: ExamState;
  started_at: string;
  decision: Decision | null;
  event_count: number;
}
export interface Review {
  session: ExamSession;
  events: { kind: EventKind; noticed_at: string }[];
  decisions: { decision: Decision; reason: string; decided_at: string }[];
}

/** The API's routes, by which the browser SDK names requests. */
export const ROUTES = [
  "/api/session",
  "/api/session/sign-in",
  "/api/session/end",
  "/api/me",
  "/api/consents/{purpose}",
  "/api/tenants",
  "/api/courses",
  "/api/courses/{course_id}",
  "/api/quizzes/{quiz_id}",
  "/api/quizzes/{quiz_id}/submissions",
  "/api/submissions/{submission_id}",
  "/api/grades",
  "/api/recommendations",
  "/api/tutor/questions",
  "/api/tutor/questions/stream",
  "/api/tutor/feedback",
  "/api/exams",
  "/api/exams/{exam_id}/sessions",
  "/api/exam-sessions",
  "/api/exam-sessions/{session_id}",
  "/api/exam-sessions/{session_id}/review",
  "/api/exam-sessions/{session_id}/events",
  "/api/exam-sessions/{session_id}/hand-in",
  "/api/exam-sessions/{session_id}/decisions",
] as const;

/** An answer of the API that is not a success; its message is for the learner. */
export class ApiError extends Error {
  override name = "ApiError";
}

async function call<T>(path: string, body?: unknown, method?: string): Promise<T> {
  const response = await send(path, body, method);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

async function send(path: string, body?: unknown, method = body === undefined ? "GET" : "POST"): Promise<Response> {
  const init: RequestInit =
    body === undefined
      ? { method }
      : { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  const response = await fetch(path, init);
  if (!response.ok) {
    throw new ApiError(
      response.status >= 500 ? "That did not work. Please try again in a moment." : await refusal(response),
    );
  }
  return response;
}

/** What the API says about a refusal, where it says it in words. */
async function refusal(response: Response): Promise<string> {
  const told: unknown = await response.json().catch(() => undefined);
  const detail = (told as { detail?: unknown } | undefined)?.detail;
  return typeof detail === "string" && /^[A-Z].*\.$/.test(detail) ? detail : "That cannot be done.";
}

const id = encodeURIComponent;

export const tenants = () => call<Tenant[]>("/api/tenants");
export const session = () => call<Session>("/api/session");
export const visit = (tenant: string) => call<Person>("/api/session", { tenant_id: tenant });
export const signIn = (email: string, password: string) => call<Person>("/api/session/sign-in", { email, password });
export const signOut = () => call<void>("/api/session/end", {});
export const me = () => call<Profile>("/api/me");
export const consent = (purpose: Purpose, granted: boolean) =>
  call<Person>(`/api/consents/${id(purpose)}`, { granted }, "PUT");
export const courses = () => call<Course[]>("/api/courses");
export const course = (courseId: string) => call<CourseDetail>(`/api/courses/${id(courseId)}`);
export const quiz = (quizId: string) => call<Quiz>(`/api/quizzes/${id(quizId)}`);
export const submit = (quizId: string, answers: number[]) =>
  call<{ submission_id: string }>(`/api/quizzes/${id(quizId)}/submissions`, { answers });
export const submission = (submissionId: string) => call<Submission>(`/api/submissions/${id(submissionId)}`);
export const grades = () => call<Submission[]>("/api/grades");
export const recommendations = () => call<Course[]>("/api/recommendations");
export const feedback = (answerId: string, helpful: boolean) =>
  call<unknown>("/api/tutor/feedback", { answer_id: answerId, helpful });

/** Asks the tutor. Calls back with each word of the answer as it comes, and gives what it is from. */
export async function ask(question: string, courseId: string | null, onWord: (word: string) => void): Promise<Answer> {
  const response = await send("/api/tutor/questions/stream", { question, course_id: courseId });
  let said: Answer | undefined;
  for await (const line of lines(response)) {
    const told = JSON.parse(line) as { word: string } | Answer;
    if ("word" in told) onWord(told.word);
    else said = told;
  }
  if (!said) throw new ApiError("The tutor broke off. Please try again in a moment.");
  return said;
}

async function* lines(response: Response): AsyncGenerator<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    const whole = (waiting + part.value).split("\n");
    waiting = whole.pop() ?? "";
    yield* whole;
  }
}
export const exams = () => call<Exam[]>("/api/exams");
export const beginExam = (examId: string) => call<ExamSession>(`/api/exams/${id(examId)}/sessions`, {});
export const examSession = (sessionId: string) => call<ExamSession>(`/api/exam-sessions/${id(sessionId)}`);
export const examSessions = () => call<ExamRow[]>("/api/exam-sessions");
export const review = (sessionId: string) => call<Review>(`/api/exam-sessions/${id(sessionId)}/review`);
export const notice = (sessionId: string, kind: EventKind) =>
  call<ExamSession>(`/api/exam-sessions/${id(sessionId)}/events`, { kind });
export const handIn = (sessionId: string, answers: number[]) =>
  call<ExamSession>(`/api/exam-sessions/${id(sessionId)}/hand-in`, { answers });
export const decide = (sessionId: string, decision: Decision, reason: string) =>
  call<Review>(`/api/exam-sessions/${id(sessionId)}/decisions`, { decision, reason });
