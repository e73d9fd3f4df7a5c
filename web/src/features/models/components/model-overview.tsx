import type { UseQueryResult } from "@tanstack/react-query";

import { CodeBlock } from "@/components/code-block";
import { CopyText } from "@/components/copy-text";
import { KeyValues } from "@/components/key-values";
import { Loaded } from "@/components/loaded";
import { isSystemTag } from "@/lib/system-tags";
import type { LoggedModel } from "@/types/wire";

import type { ModelFiles } from "../api/model-files";
import { ModelFacts } from "./model-facts";
import { ModelMetrics } from "./model-metrics";
import styles from "./model-overview.module.css";
import { SignatureSection } from "./signature-section";

interface ModelOverviewProps {
  model: LoggedModel;
  files: UseQueryResult<ModelFiles>;
  experiment: string | undefined;
}

/** How to load a model, what it takes and gives, how good it is, and where it came from. */
export function ModelOverview({ model, files, experiment }: ModelOverviewProps) {
  const { params = [] } = model.data ?? {};
  const tags = (model.info.tags ?? []).filter((tag) => !isSystemTag(tag.key));
  return (
    <div className={styles["overview"]}>
      <div className={styles["data"]}>
        <ModelMetrics model={model} />
        <KeyValues
          title="Params"
          nothing="No param has been logged for this model."
          rows={params.map((param) => ({ key: param.key, value: <CopyText text={param.value ?? ""} /> }))}
        />
        <section aria-label="Load it">
          <h2 className={styles["title"]}>Load it</h2>
          <CodeBlock code={snippetOf(model.info.model_id)} label="Load the model in Python" />
        </section>
        <Loaded query={files} what="The model’s files could not be read">
          {(read) => <FromFiles files={read} />}
        </Loaded>
      </div>
      <aside className={styles["aside"]} aria-label="About this model">
        <ModelFacts model={model} experiment={experiment} flavors={files.data?.flavors ?? []} />
        <KeyValues
          title="Tags"
          nothing="No tags."
          rows={tags.map((tag) => ({ key: tag.key, value: <CopyText text={tag.value ?? ""} /> }))}
        />
        {files.data !== undefined && files.data.metadata.length > 0 && (
          <KeyValues
            title="Metadata"
            nothing=""
            rows={files.data.metadata.map(([key, value]) => ({ key, value: <CopyText text={value} /> }))}
          />
        )}
      </aside>
    </div>
  );
}

function FromFiles({ files }: { files: ModelFiles }) {
  const { isModel, signature, requirements } = files;
  if (!isModel) {
    return (
      <p className={styles["nothing"]}>
        There is no model among the files: <code>MLmodel</code> is missing. The model is still being logged,
        or its upload failed.
      </p>
    );
  }
  return (
    <>
      <SignatureSection signature={signature} />
      {requirements !== undefined && requirements.trim() !== "" && (
        <section aria-label="Requirements">
          <h2 className={styles["title"]}>Requirements</h2>
          <CodeBlock code={requirements.trim()} label="Requirements" />
        </section>
      )}
    </>
  );
}

function snippetOf(modelId: string): string {
  return [
    "import runstone",
    "",
    `runstone.set_tracking_uri(${JSON.stringify(window.location.origin)})`,
    `model = runstone.pyfunc.load_model("models:/${modelId}")`,
    "model.predict(rows)",
  ].join("\n");
}
