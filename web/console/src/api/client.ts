import { errorOf, unreachable } from "./errors";

export type Parameters = Record<string, string | number | null | undefined>;

/** An address under the API; empty parameters are left out. */
export function address(path: string, parameters: Parameters = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

async function request(url: string, options: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: "same-origin", ...options });
  } catch (reason) {
    if (options.signal?.aborted) throw reason;
    throw unreachable();
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

export async function get<T>(url: string, signal?: AbortSignal): Promise<T> {
  const response = await request(url, {
    headers: { accept: "application/json" },
    ...(signal ? { signal } : {}),
  });
  return (await response.json()) as T;
}

/** Changes something; whoever needs what has changed asks for it. */
export async function send(method: "POST" | "DELETE", url: string, body?: unknown): Promise<void> {
  await request(url, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
}

export async function open(url: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const response = await request(url, { headers: { accept: "text/event-stream" }, signal });
  if (!response.body) throw unreachable();
  return response.body;
}

export async function endSession(): Promise<void> {
  await request("/api/session/end", { method: "POST" });
}
