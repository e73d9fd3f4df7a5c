import { PageHeader } from "@/components/page-header";
import { TimeAgo } from "@/components/time-ago";
import type { LoggedModel } from "@/types/wire";

import { ModelStatus } from "./model-status";

/** Name and state of a model. */
export function ModelHeader({ model: { info } }: { model: LoggedModel }) {
  return (
    <PageHeader
      title={info.name || info.model_id}
      about={
        <>
          <ModelStatus status={info.status} />
          <span>
            Logged <TimeAgo time={info.creation_timestamp_ms} />
          </span>
        </>
      }
    />
  );
}
