import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import * as Tooltip from "@radix-ui/react-tooltip";
import { useState } from "react";

import { ToastProvider } from "@/components/toasts";

import { isWorthRetrying } from "./retry";
import { createPageRouter } from "./router";

function newCache(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: 2_000, retry: isWorthRetrying, retryDelay: 400, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  });
}

/** The whole page: the cache of the server's answers, the router, tool tips and messages. */
export function Application() {
  const [cache] = useState(newCache);
  const [router] = useState(createPageRouter);
  return (
    <QueryClientProvider client={cache}>
      <Tooltip.Provider delayDuration={350} skipDelayDuration={200}>
        <ToastProvider>
          <RouterProvider router={router} />
        </ToastProvider>
      </Tooltip.Provider>
    </QueryClientProvider>
  );
}
