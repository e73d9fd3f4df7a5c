import { useState } from "react";

import { Button } from "@/components/button";
import { Menu, MenuItem } from "@/components/menu";
import { PageHeader } from "@/components/page-header";
import { TimeAgo } from "@/components/time-ago";
import type { LoggedModel } from "@/types/wire";

import { DeleteModels } from "./delete-models";
import { ModelStatus } from "./model-status";

interface ModelHeaderProps {
  model: LoggedModel;
  onDeleted: () => void;
}

/** Name and state of a model, and what can be done with it. */
export function ModelHeader({ model: { info }, onDeleted }: ModelHeaderProps) {
  const [isDeleting, setDeleting] = useState(false);
  return (
    <>
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
        actions={
          <Menu align="end" trigger={<Button icon="more" aria-label="Actions" />}>
            <MenuItem icon="trash" danger onSelect={() => setDeleting(true)}>
              Delete
            </MenuItem>
          </Menu>
        }
      />
      {isDeleting && (
        <DeleteModels modelIds={[info.model_id]} onClose={() => setDeleting(false)} onDone={onDeleted} />
      )}
    </>
  );
}
