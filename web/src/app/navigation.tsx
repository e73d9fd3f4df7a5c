import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "@/components/button";
import { Icon } from "@/components/icon";
import { Mark } from "@/components/mark";
import { Tip } from "@/components/tip";
import { useRecentExperiments } from "@/features/experiments/hooks/use-experiment-rows";
import { classNames } from "@/lib/class-names";
import { keepPreference, readPreference } from "@/lib/preferences";

import styles from "./navigation.module.css";
import { ThemeMenu } from "./theme-menu";

const RECENT = 12;
const NARROW = "(width <= 900px)";

/** The places at the left; folds to a strip of icons. */
export function Navigation() {
  const [isFolded, setFolded] = useState(
    () =>
      (readPreference("navigation") ?? (window.matchMedia(NARROW).matches ? "folded" : "open")) === "folded",
  );
  const recent = useRecentExperiments(RECENT);

  const fold = () => {
    keepPreference("navigation", isFolded ? "open" : "folded");
    setFolded(!isFolded);
  };

  return (
    <nav className={classNames(styles["navigation"], isFolded && styles["folded"])} aria-label="Main">
      <Link to="/" className={styles["brand"]} aria-label="Runstone, home">
        <Mark />
        {!isFolded && <span>Runstone</span>}
      </Link>
      <ul className={styles["places"]}>
        <li>
          <Tip text="Experiments" side="right">
            <Link
              to="/"
              className={styles["place"]}
              activeOptions={{ exact: true, includeSearch: false }}
              aria-label="Experiments"
            >
              <Icon name="experiments" />
              {!isFolded && "Experiments"}
            </Link>
          </Tip>
        </li>
      </ul>
      {!isFolded && recent.length > 0 && (
        <>
          <h2 className={styles["heading"]}>Recent</h2>
          <ul className={classNames(styles["places"], styles["recent"])}>
            {recent.map((experiment) => (
              <li key={experiment.experiment_id}>
                <Link
                  to="/experiments/$experimentId"
                  params={{ experimentId: experiment.experiment_id }}
                  className={styles["place"]}
                  title={experiment.name}
                >
                  <span className={styles["name"]}>{experiment.name}</span>
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
      <div className={styles["foot"]}>
        <ThemeMenu />
        <Button
          kind="quiet"
          icon="fold"
          aria-label={isFolded ? "Unfold the navigation" : "Fold the navigation"}
          onClick={fold}
        />
      </div>
    </nav>
  );
}
