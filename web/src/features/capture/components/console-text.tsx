import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useMemo, useRef } from "react";

import type { ConsoleLines, Match } from "../console-lines";
import { ConsoleLine } from "./console-line";
import styles from "./console-text.module.css";

const LINE_HEIGHT = 18;
const LINES_BEYOND = 30;
const END_MARGIN = 4;

interface ConsoleTextProps {
  lines: ConsoleLines;
  matches: readonly Match[];
  /** The place that is looked at. */
  current: Match | undefined;
  isWrapped: boolean;
  isFollowing: boolean;
  onFollow: (follow: boolean) => void;
}

/** Lines with their numbers; only those in view are drawn. */
export function ConsoleText({ lines, matches, current, isWrapped, isFollowing, onFollow }: ConsoleTextProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const former = useRef({ top: 0, height: 0 });
  const rows = useVirtualizer({
    count: lines.plain.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: LINES_BEYOND,
  });
  const byLine = useMemo(() => {
    const found = new Map<number, Match[]>();
    for (const match of matches) {
      const list = found.get(match.line);
      if (list) list.push(match);
      else found.set(match.line, [match]);
    }
    return found;
  }, [matches]);

  const height = rows.getTotalSize();
  useLayoutEffect(() => {
    const box = scroller.current;
    if (isFollowing && box) box.scrollTop = box.scrollHeight;
  }, [isFollowing, height]);

  const line = current?.line;
  useEffect(() => {
    if (line !== undefined) rows.scrollToIndex(line, { align: "center" });
    // Going there once is enough: later one may scroll away from it.
  }, [rows, line]);

  const onScroll = () => {
    const box = scroller.current;
    if (!box) return;
    const { top, height: was } = former.current;
    former.current = { top: box.scrollTop, height: box.scrollHeight };
    const isAtEnd = box.scrollHeight - box.clientHeight - box.scrollTop < END_MARGIN;
    // Whoever scrolls up wants to read; what grows or is measured anew moves nothing upward at the same height.
    if (isFollowing && !isAtEnd && box.scrollTop < top && box.scrollHeight === was) onFollow(false);
  };

  const digits = String(lines.plain.length).length;
  return (
    <div
      ref={scroller}
      className={styles["box"]}
      data-wrapped={isWrapped}
      tabIndex={0}
      role="region"
      aria-label="Console output"
      onScroll={onScroll}
    >
      <div
        className={styles["lines"]}
        style={{ height, width: isWrapped ? "100%" : `max(100%, ${lines.width + digits + 6}ch)` }}
      >
        {rows.getVirtualItems().map(({ index, start }) => (
          <div
            key={index}
            ref={isWrapped ? rows.measureElement : undefined}
            data-index={index}
            className={styles["line"]}
            style={{ transform: `translateY(${start}px)` }}
          >
            <span className={styles["number"]} style={{ width: `${digits + 2}ch` }} data-number={index + 1} />
            <ConsoleLine
              text={lines.raw[index] ?? ""}
              start={lines.starts.get(index)}
              matches={byLine.get(index)}
              current={current}
            />
          </div>
        ))}
      </div>
    </div>
  );
}
