/** How a file can be shown, told from its name; whether bytes are text, they tell themselves. */
export type PreviewKind = "image" | "json" | "table" | "bytes";

const IMAGES = new Set(["png", "jpg", "jpeg", "gif", "webp", "svg", "bmp", "avif", "ico"]);
const TABLES = new Set(["csv", "tsv"]);
export function previewKind(path: string): PreviewKind {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const ending = name.includes(".") ? name.slice(name.lastIndexOf(".") + 1).toLowerCase() : "";
  if (IMAGES.has(ending)) return "image";
  if (ending === "json") return "json";
  if (TABLES.has(ending)) return "table";
  return "bytes";
}

/** The bytes as text; `undefined` where they are none. A letter cut in two at the end does no harm. */
export function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}
