import { Link } from "@tanstack/react-router";

import styles from "./not-found-page.module.css";
import { useTitle } from "../use-title";

export function NotFoundPage() {
  useTitle("Not found");
  return (
    <div className={styles["page"]}>
      <h1>There is no such page</h1>
      <p>The address may be misspelt, or from another version.</p>
      <p>
        <Link to="/">All experiments</Link>
      </p>
    </div>
  );
}
