import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type ErrorComponentProps,
} from "@tanstack/react-router";

import { ErrorNotice } from "@/components/error-notice";
import { parseSearch, stringifySearch } from "@/lib/search-params";

import { Frame } from "./frame";
import styles from "./frame.module.css";
import { NotFoundPage } from "./pages/not-found-page";
import {
  readCompareSearch,
  readExperimentSearch,
  readHomeSearch,
  readModelSearch,
  readRunSearch,
} from "./searches";

function PageFailure({ error, reset }: ErrorComponentProps) {
  const failure = error instanceof Error ? error : new Error(String(error));
  return (
    <div className={styles["failure"]}>
      <ErrorNotice what="This page could not be shown" error={failure} onRetry={reset} />
    </div>
  );
}

const root = createRootRoute({
  component: Frame,
  notFoundComponent: NotFoundPage,
});

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  validateSearch: readHomeSearch,
  component: lazyRouteComponent(() => import("./pages/home-page"), "HomePage"),
});

const experiment = createRoute({
  getParentRoute: () => root,
  path: "/experiments/$experimentId",
  validateSearch: readExperimentSearch,
  component: lazyRouteComponent(() => import("./pages/experiment-page"), "ExperimentPage"),
});

const run = createRoute({
  getParentRoute: () => root,
  path: "/experiments/$experimentId/runs/$runId",
  validateSearch: readRunSearch,
  component: lazyRouteComponent(() => import("./pages/run-page"), "RunPage"),
});

const model = createRoute({
  getParentRoute: () => root,
  path: "/experiments/$experimentId/models/$modelId",
  validateSearch: readModelSearch,
  component: lazyRouteComponent(() => import("./pages/model-page"), "ModelPage"),
});

const compare = createRoute({
  getParentRoute: () => root,
  path: "/compare",
  validateSearch: readCompareSearch,
  component: lazyRouteComponent(() => import("./pages/compare-page"), "ComparePage"),
});

export function createPageRouter() {
  return createRouter({
    routeTree: root.addChildren([home, experiment, run, model, compare]),
    parseSearch,
    stringifySearch,
    defaultPreload: "intent",
    defaultErrorComponent: PageFailure,
    scrollRestoration: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createPageRouter>;
  }
}
