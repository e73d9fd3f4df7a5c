/** The one place that speaks HTTP with the server. */

const API = "/api/2.0/mlflow";

/** An answer that is no success: the server's sentence, its code, and the facts that came along. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly code: string,
    readonly status: number,
    readonly facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = "ApiError";
  }

  /** Whether asking again may help. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

type QueryValue = string | number | string[] | undefined;

function withQuery(path: string, query: Record<string, QueryValue>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

async function send(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("The server does not answer. Is it still running?", "UNREACHABLE", 0);
  }
  if (!response.ok) throw await failureOf(response);
  return response;
}

async function failureOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    const body = JSON.parse(text) as {
      error_code?: string;
      message?: string;
      facts?: Record<string, unknown>;
    };
    if (body.message) {
      return new ApiError(body.message, body.error_code ?? "UNKNOWN", response.status, body.facts);
    }
  } catch {
    // Not JSON: some proxy in between answered. Its status says more than its page.
  }
  return new ApiError(
    `The server answered ${response.status} ${response.statusText}`.trim() + ".",
    "UNKNOWN",
    response.status,
  );
}

export const api = {
  /** Asks for `path` below the protocol's root; a list repeats its name in the query. */
  async get<T>(path: string, query: Record<string, QueryValue>, signal?: AbortSignal): Promise<T> {
    const response = await send(API + withQuery(path, query), { signal: signal ?? null });
    return (await response.json()) as T;
  },

  async post<T>(path: string, body: object, signal?: AbortSignal): Promise<T> {
    const response = await send(API + path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: signal ?? null,
    });
    return (await response.json()) as T;
  },

  async delete(path: string): Promise<void> {
    await send(API + path, { method: "DELETE" });
  },

  /** The first `limit` bytes at `url`, and the length of the whole where the server tells it. */
  async firstBytes(
    url: string,
    limit: number,
    signal?: AbortSignal,
  ): Promise<{ bytes: Uint8Array; total: number | undefined }> {
    const response = await send(url, {
      headers: { Range: `bytes=0-${limit - 1}` },
      signal: signal ?? null,
    });
    const total = Number(response.headers.get("Content-Range")?.split("/")[1]);
    const bytes = await readUpTo(response, limit);
    return { bytes, total: Number.isFinite(total) ? total : undefined };
  },

  /** The first `limit` bytes at `url` as text, and whether the file goes on. */
  async firstText(url: string, limit: number, signal?: AbortSignal): Promise<FileText> {
    const { bytes, total } = await api.firstBytes(url, limit, signal);
    const isCut = total === undefined ? bytes.length === limit : total > bytes.length;
    return { text: new TextDecoder().decode(bytes, { stream: isCut }), isCut };
  },
};

export interface FileText {
  text: string;
  /** Whether the file goes on. */
  isCut: boolean;
}

/** Reads at most `limit` bytes, also where the server ignores `Range`. */
async function readUpTo(response: Response, limit: number): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return new Uint8Array(await response.arrayBuffer()).subarray(0, limit);
  const parts: Uint8Array[] = [];
  let length = 0;
  while (length < limit) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
  }
  await reader.cancel();
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole.subarray(0, limit);
}

/** Address of the bytes of a run's artifact. */
export function artifactUrl(runId: string, path: string): string {
  return withQuery("/get-artifact", { run_id: runId, path });
}

/** Address of the bytes of a logged model's file. */
export function modelFileUrl(modelId: string, path: string): string {
  const folder = `/ajax-api/2.0/mlflow/logged-models/${encodeURIComponent(modelId)}/artifacts/files`;
  return withQuery(folder, { artifact_file_path: path });
}
