import styles from "./chart-tip.module.css";

export interface TipLine {
  id: string;
  label: string;
  color: string;
  isDashed: boolean;
  value: string;
  /** The value before smoothing. */
  raw: string | undefined;
  isNearest: boolean;
}

export interface TipContent {
  title: string;
  lines: TipLine[];
  /** How many lines further away are left out. */
  more: number;
  left: number;
  top: number;
  isAtRight: boolean;
}

const GAP = 14;

/** The values at the crosshair, beside it, on the side where there is room. */
export function ChartTip({ content }: { content: TipContent }) {
  const { title, lines, more, left, top, isAtRight } = content;
  const shift = isAtRight ? `translateX(calc(-100% - ${GAP}px))` : `translateX(${GAP}px)`;
  return (
    <div className={styles["tip"]} style={{ left, top, transform: shift }}>
      <div className={styles["title"]}>{title}</div>
      {lines.map((line) => (
        <div key={line.id} className={styles["line"]} data-nearest={line.isNearest}>
          <span
            className={styles["dot"]}
            style={
              line.isDashed ? { borderColor: `var(${line.color})` } : { background: `var(${line.color})` }
            }
          />
          <span className={styles["label"]}>{line.label}</span>
          <span className={styles["value"]}>{line.value}</span>
          {line.raw !== undefined && <span className={styles["raw"]}>{line.raw}</span>}
        </div>
      ))}
      {more > 0 && <div className={styles["more"]}>and {more} more</div>}
    </div>
  );
}
