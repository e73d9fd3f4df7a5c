import { useEffect, useId, useRef, useState } from "react";

import { isFilterError, placeInFilter, type Failure } from "@/lib/filter-error";

import { Button } from "./button";
import styles from "./filter-box.module.css";
import { TextField } from "./text-field";

interface FilterBoxProps {
  /** As `Filter runs`. */
  label: string;
  /** A filter to show how one is written. */
  example: string;
  /** The filter that holds. */
  filter: string;
  onFilter: (filter: string) => void;
  /** Why the server could not take it. */
  error: Failure | null;
}

/** Takes a filter in the server's grammar, on Enter; shows where one goes wrong. */
export function FilterBox({ label, example, filter, onFilter, error }: FilterBoxProps) {
  const [text, setText] = useState(filter);
  const [former, setFormer] = useState(filter);
  const field = useRef<HTMLInputElement>(null);
  const errorId = useId();
  if (filter !== former) {
    setFormer(filter);
    setText(filter);
  }
  const position = placeInFilter(filter, error);
  const isShown = error !== null && isFilterError(error) && text === filter;

  useEffect(() => {
    const input = field.current;
    if (position !== undefined && input && document.activeElement === input) {
      input.setSelectionRange(position, position + 1);
    }
  }, [position, error]);

  return (
    <div className={styles["box"]}>
      <form
        className={styles["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          onFilter(text.trim());
        }}
      >
        <TextField
          ref={field}
          label={label}
          icon="search"
          mono
          className={styles["field"]}
          placeholder={example}
          value={text}
          aria-invalid={isShown}
          aria-describedby={isShown ? errorId : undefined}
          onChange={(event) => setText(event.target.value)}
          onBlur={() => {
            if (text.trim() !== filter) onFilter(text.trim());
          }}
        />
        {text !== "" && (
          <Button
            kind="quiet"
            icon="close"
            className={styles["clear"]}
            aria-label="Clear the filter"
            onClick={() => {
              setText("");
              onFilter("");
            }}
          />
        )}
      </form>
      {isShown && (
        <div className={styles["error"]} id={errorId} role="alert">
          <p>{position === undefined ? error.message : error.message.split("\n")[0]}</p>
          {position !== undefined && (
            <pre className={styles["place"]}>
              {filter.slice(0, position)}
              <mark className={styles["mark"]}>{filter.slice(position, position + 1) || " "}</mark>
              {filter.slice(position + 1)}
            </pre>
          )}
        </div>
      )}
    </div>
  );
}
