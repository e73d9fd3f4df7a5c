import { Button } from "@/components/button";
import { SearchField } from "@/components/search-field";

import styles from "./console-search.module.css";

interface ConsoleSearchProps {
  find: string;
  onFind: (text: string) => void;
  /** Which of the places found is looked at, from 0 on. */
  at: number;
  count: number;
  /** Whether there are more than were counted. */
  isCut: boolean;
  onStep: (by: 1 | -1) => void;
}

/** Looks for a text; Enter goes to the next place, Shift-Enter to the one before. */
export function ConsoleSearch({ find, onFind, at, count, isCut, onStep }: ConsoleSearchProps) {
  const told = count === 0 ? "Not found" : `${at + 1} of ${count.toLocaleString("en-US")}${isCut ? "+" : ""}`;
  return (
    <div className={styles["search"]} role="search">
      <SearchField
        label="Search the console"
        placeholder="Search"
        className={styles["field"]}
        value={find}
        onChange={onFind}
        onKeyDown={(event) => {
          if (event.key === "Enter") onStep(event.shiftKey ? -1 : 1);
        }}
      />
      {find !== "" && (
        <>
          <span className={styles["count"]} role="status">
            {told}
          </span>
          <Button
            kind="quiet"
            icon="up"
            aria-label="Previous place"
            disabled={count === 0}
            onClick={() => onStep(-1)}
          />
          <Button
            kind="quiet"
            icon="down"
            aria-label="Next place"
            disabled={count === 0}
            onClick={() => onStep(1)}
          />
        </>
      )}
    </div>
  );
}
