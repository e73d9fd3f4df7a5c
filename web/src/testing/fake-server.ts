/** A server in a function: answers by path, and keeps what it was asked. */
import { vi } from "vitest";

export interface Asked {
  path: string;
  query: URLSearchParams;
  body: unknown;
}

type Answer = (asked: Asked) => { status?: number; json?: unknown; text?: string; headers?: HeadersInit };

/** Takes the place of `fetch` for one test; a path that is not in `answers` gets the protocol's 404. */
export function fakeServer(answers: Record<string, Answer>): Asked[] {
  const log: Asked[] = [];
  vi.stubGlobal("fetch", (input: string, init?: RequestInit) => {
    const url = new URL(input, "http://server.test");
    const asked: Asked = {
      path: url.pathname,
      query: url.searchParams,
      body: typeof init?.body === "string" ? JSON.parse(init.body) : undefined,
    };
    log.push(asked);
    const answer = answers[url.pathname]?.(asked) ?? {
      status: 404,
      json: { error_code: "ENDPOINT_NOT_FOUND", message: `no endpoint ${url.pathname}` },
    };
    return Promise.resolve(
      new Response(answer.text ?? JSON.stringify(answer.json ?? {}), {
        status: answer.status ?? 200,
        headers: answer.headers ?? {},
      }),
    );
  });
  return log;
}
