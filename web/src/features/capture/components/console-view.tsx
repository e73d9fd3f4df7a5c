import { useDeferredValue, useMemo, useState } from "react";

import { Button } from "@/components/button";
import { formatCount } from "@/lib/format";
import { keepPreference, readPreference } from "@/lib/preferences";
import { saveText } from "@/lib/save-text";

import { findInLines, type ConsoleLines } from "../console-lines";
import { ConsoleSearch } from "./console-search";
import { ConsoleText } from "./console-text";
import styles from "./console-view.module.css";

interface ConsoleViewProps {
  lines: ConsoleLines;
  /** Whether there is more before the first line. */
  hasMore: boolean;
  isLive: boolean;
  startsAtEnd: boolean;
  fileName: string;
  find: string;
  onFind: (text: string) => void;
}

/** Lines with a search and what can be done with them. */
export function ConsoleView(props: ConsoleViewProps) {
  const { lines, hasMore, isLive, startsAtEnd, fileName, find, onFind } = props;
  const [isFollowing, setFollowing] = useState(startsAtEnd && find === "");
  const [isWrapped, setWrapped] = useState(() => readPreference("console-wrap") === "1");
  const sought = useDeferredValue(find);
  const { matches, isCut } = useMemo(() => findInLines(lines.plain, sought), [lines, sought]);
  const [chosen, setChosen] = useState({ find, at: 0 });
  // Another text is looked for from its first place on.
  const at = chosen.find === sought ? Math.min(chosen.at, matches.length - 1) : 0;
  const count = lines.plain.length;

  const step = (by: number) => {
    if (matches.length === 0) return;
    setFollowing(false);
    setChosen({ find: sought, at: (at + by + matches.length) % matches.length });
  };
  const wrap = () => {
    keepPreference("console-wrap", isWrapped ? undefined : "1");
    setWrapped(!isWrapped);
  };
  return (
    <div className={styles["console"]}>
      <div className={styles["tools"]} role="toolbar" aria-label="Console">
        <ConsoleSearch
          find={find}
          onFind={(text) => {
            setFollowing(false);
            onFind(text);
          }}
          at={at}
          count={matches.length}
          isCut={isCut}
          onStep={step}
        />
        <span className={styles["about"]}>
          {isLive && <span className={styles["live"]}>live</span>}
          {formatCount(count, "line")}
        </span>
        <div className={styles["actions"]}>
          <Button aria-pressed={isFollowing} onClick={() => setFollowing(!isFollowing)}>
            <span>
              Follow<span className={styles["rest"]}> the end</span>
            </span>
          </Button>
          <Button aria-pressed={isWrapped} onClick={wrap}>
            Wrap
          </Button>
          <Button
            icon="download"
            aria-label="Download the console"
            onClick={() => saveText(fileName, lines.raw.map((line) => `${line}\n`).join(""))}
          />
        </div>
      </div>
      {hasMore && (
        <p className={styles["note"]}>
          The last part is shown. All of it is among the artifacts, in runstone/console.
        </p>
      )}
      <ConsoleText
        // Heights that were measured hold for one way to wrap only.
        key={String(isWrapped)}
        lines={lines}
        matches={matches}
        current={matches[at]}
        isWrapped={isWrapped}
        isFollowing={isFollowing}
        onFollow={setFollowing}
      />
    </div>
  );
}
