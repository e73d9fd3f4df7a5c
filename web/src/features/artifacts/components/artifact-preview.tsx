import { useQuery } from "@tanstack/react-query";

import { Icon } from "@/components/icon";
import { Loaded } from "@/components/loaded";
import { Skeleton } from "@/components/skeleton";
import { formatBytes } from "@/lib/format";
import { NumberedText } from "@/components/numbered-text";

import { firstBytesQuery, PREVIEW_BYTES, urlOf, type Owner } from "../api/artifacts";
import { previewKind, textOf, type PreviewKind } from "../preview-kind";
import styles from "./artifact-preview.module.css";
import { CsvPreview } from "./csv-preview";
import { ImagePreview } from "./image-preview";

/** A file as far as it can be shown without running anything that is in it. */
export function ArtifactPreview({ owner, path }: { owner: Owner; path: string }) {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const url = urlOf(owner, path);
  const kind = previewKind(path);
  return (
    <section className={styles["preview"]} aria-label={`Preview of ${name}`}>
      <header className={styles["head"]}>
        <h2 className={styles["name"]}>{path}</h2>
        <a className={styles["download"]} href={url} download={name}>
          <Icon name="download" />
          Download
        </a>
      </header>
      {kind === "image" ? (
        <ImagePreview url={url} name={name} />
      ) : (
        <BytesPreview owner={owner} path={path} kind={kind} />
      )}
    </section>
  );
}

function BytesPreview({ owner, path, kind }: { owner: Owner; path: string; kind: PreviewKind }) {
  const file = useQuery(firstBytesQuery(owner, path));
  return (
    <Loaded
      query={file}
      what="The file could not be loaded"
      waiting={
        <div className={styles["waiting"]} role="status" aria-label="Loading">
          {[88, 64, 72, 40].map((width) => (
            <Skeleton key={width} width={`${width}%`} />
          ))}
        </div>
      }
    >
      {(first) => <FirstBytes {...first} path={path} kind={kind} />}
    </Loaded>
  );
}

interface FirstBytesProps {
  bytes: Uint8Array;
  /** Length of the whole file, where it is known. */
  total: number | undefined;
  path: string;
  kind: PreviewKind;
}

function FirstBytes({ bytes, total, path, kind }: FirstBytesProps) {
  const isCut = total === undefined ? bytes.length === PREVIEW_BYTES : total > bytes.length;
  const text = textOf(bytes);
  if (text === undefined) {
    return (
      <p className={styles["none"]}>
        There is no preview of this kind of file{total !== undefined && ` (${formatBytes(total)})`}.
      </p>
    );
  }
  return (
    <>
      {isCut && (
        <p className={styles["cut"]}>
          The first {formatBytes(bytes.length)}
          {total !== undefined && ` of ${formatBytes(total)}`} are shown.
        </p>
      )}
      {kind === "table" ? (
        <CsvPreview text={text} separator={path.toLowerCase().endsWith(".tsv") ? "\t" : ","} isCut={isCut} />
      ) : (
        <NumberedText text={kind === "json" && !isCut ? indented(text) : text} />
      )}
    </>
  );
}

/** JSON with line breaks; text that is none, or that would say something else then, stays as it is. */
function indented(text: string): string {
  try {
    const read: unknown = JSON.parse(text);
    const bare = text.replace(/("(?:\\.|[^"\\])*")|\s+/g, "$1");
    return JSON.stringify(read) === bare ? JSON.stringify(read, null, 2) : text;
  } catch {
    return text;
  }
}
