import { useState } from "react";

import { Button } from "@/components/button";
import { CompareButton, SelectionBar } from "@/tables/selection-bar";

import { DeleteModels } from "./delete-models";

interface ModelSelectionProps {
  ids: readonly string[];
  onClear: () => void;
  onCompare: () => void;
}

/** What can be done with the selected models. */
export function ModelSelection({ ids, onClear, onCompare }: ModelSelectionProps) {
  const [isDeleting, setDeleting] = useState(false);
  const close = () => setDeleting(false);
  return (
    <>
      <SelectionBar noun="model" count={ids.length} onClear={onClear}>
        <CompareButton count={ids.length} onCompare={onCompare} />
        <Button icon="trash" kind="danger" onClick={() => setDeleting(true)}>
          Delete
        </Button>
      </SelectionBar>
      {isDeleting && (
        <DeleteModels
          modelIds={ids}
          onClose={close}
          onDone={() => {
            close();
            onClear();
          }}
        />
      )}
    </>
  );
}
