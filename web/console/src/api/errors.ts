import type { ErrorBody } from "./types";

interface ApiErrorDetails {
  status: number;
  code: string;
  hint?: string | undefined;
  position?: number | undefined;
  retryAfterSeconds?: number | undefined;
}

/** What the platform answered instead of data. Status 0: it could not be reached at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | undefined;
  readonly position: number | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, details: ApiErrorDetails) {
    super(message);
    this.name = "ApiError";
    this.status = details.status;
    this.code = details.code;
    this.hint = details.hint;
    this.position = details.position;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

/** Waiting helps: the store is away (503), too many reads (429), or no answer at all. */
export function isAway(error: unknown): error is ApiError {
  return error instanceof ApiError && [0, 429, 502, 503].includes(error.status);
}

export function unreachable(): ApiError {
  return new ApiError("The platform does not answer.", {
    status: 0,
    code: "unreachable",
    hint: "Is it running, and is the network up?",
    retryAfterSeconds: 5,
  });
}

/** Reads the error out of an answer; a proxy's page instead of JSON still gives a usable one. */
export async function errorOf(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => null)) as ErrorBody | null;
  const retryAfter = Number(response.headers.get("retry-after"));
  return new ApiError(sentence(body?.error?.message) ?? `The platform answered ${response.status}.`, {
    status: response.status,
    code: body?.error?.code ?? "unexpected_answer",
    hint: sentence(body?.error?.hint),
    position: body?.error?.position ?? undefined,
    retryAfterSeconds: Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : undefined,
  });
}

/** The API speaks in fragments (`this quote is never closed`); a person reads sentences. */
function sentence(text: string | null | undefined): string | undefined {
  if (!text) return undefined;
  const start = /^[a-z]+ /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.!?:…]$/.test(start) ? start : `${start}.`;
}
