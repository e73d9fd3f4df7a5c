import type { ComponentProps } from "react";
import Markdown from "react-markdown";
import remarkGfm from "remark-gfm";

import styles from "./markdown-text.module.css";

/** Links lead out of the page; images are links too, as nothing is fetched from another host unasked. */
const PARTS = {
  a: ({ href, children }: ComponentProps<"a">) => (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  ),
  img: ({ src, alt }: ComponentProps<"img">) => (
    <a href={typeof src === "string" ? src : undefined} target="_blank" rel="noreferrer noopener">
      {alt || "image"}
    </a>
  ),
};

/** Markdown with tables, as elements; raw HTML in it shows as text. */
export function MarkdownText({ text }: { text: string }) {
  return (
    <div className={styles["markdown"]}>
      <Markdown components={PARTS} remarkPlugins={[remarkGfm]}>
        {text}
      </Markdown>
    </div>
  );
}
