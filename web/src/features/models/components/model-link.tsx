import { Link } from "@tanstack/react-router";

interface ModelLinkProps {
  experimentId: string;
  modelId: string;
  name: string;
}

/** Leads to the page of a model. */
export function ModelLink({ experimentId, modelId, name }: ModelLinkProps) {
  return (
    <Link to="/experiments/$experimentId/models/$modelId" params={{ experimentId, modelId }} title={modelId}>
      {name === "" ? modelId : name}
    </Link>
  );
}
