import { useState, type ReactNode } from "react";

import styles from "./foldable.module.css";
import { Icon } from "./icon";

interface FoldableProps {
  title: ReactNode;
  /** A quiet word beside the title. */
  about?: ReactNode;
  /** Level of the heading that the title is. */
  level: 2 | 3;
  isOpenAtFirst?: boolean;
  children: () => ReactNode;
}

/** A part that shows its title alone until it is opened; what is in it is made only then. */
export function Foldable({ title, about, level, isOpenAtFirst = false, children }: FoldableProps) {
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  const Heading = `h${level}` as const;
  return (
    <div className={styles["foldable"]}>
      <Heading>
        <button
          type="button"
          className={styles["head"]}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name={isOpen ? "down" : "right"} size={12} />
          <span className={styles["title"]}>{title}</span>
          {about !== undefined && <span className={styles["about"]}>{about}</span>}
        </button>
      </Heading>
      {isOpen && children()}
    </div>
  );
}
