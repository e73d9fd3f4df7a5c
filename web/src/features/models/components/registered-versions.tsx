import { useQuery } from "@tanstack/react-query";

import { ErrorNotice } from "@/components/error-notice";
import { Fact, Facts } from "@/components/facts";

import { versionsQuery } from "../api/models";

/** The versions of registered models that were made of a model. Nothing where there is none. */
export function RegisteredVersions({ modelId }: { modelId: string }) {
  const versions = useQuery(versionsQuery([modelId]));
  if (versions.isLoadingError) {
    return (
      <ErrorNotice
        what="The registered versions could not be loaded"
        error={versions.error}
        onRetry={() => void versions.refetch()}
      />
    );
  }
  if (!versions.data?.length) return null;
  return (
    <Facts title="Registered">
      {versions.data.map(({ name, version, aliases = [] }) => (
        <Fact key={`${name}/${version}`} name={name}>
          {[`version ${version}`, ...aliases.map((alias) => `@${alias}`)].join(" ")}
        </Fact>
      ))}
    </Facts>
  );
}
