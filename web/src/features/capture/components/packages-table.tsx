import { useState } from "react";

import { Button } from "@/components/button";
import { SearchField } from "@/components/search-field";
import { useCopy } from "@/components/use-copy";

import { requirementsOf, type Package } from "../environment";
import styles from "./packages-table.module.css";

/** The packages that were installed, to search in and to take along. */
export function PackagesTable({ packages }: { packages: readonly Package[] }) {
  const [search, setSearch] = useState("");
  const copy = useCopy();
  const needle = search.trim().toLocaleLowerCase();
  const found = packages.filter(({ name }) => name.toLocaleLowerCase().includes(needle));
  return (
    <section className={styles["packages"]} aria-label="Packages">
      <div className={styles["head"]}>
        <h2>
          Packages{" "}
          <span className={styles["count"]}>
            {needle === "" ? packages.length : `${found.length} of ${packages.length}`}
          </span>
        </h2>
        <SearchField
          label="Search packages"
          placeholder="Search"
          className={styles["search"]}
          value={search}
          onChange={setSearch}
        />
        <Button icon="copy" onClick={() => copy(requirementsOf(packages))}>
          Copy as requirements.txt
        </Button>
      </div>
      <table className={styles["table"]}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Version</th>
          </tr>
        </thead>
        <tbody>
          {found.map(({ name, version, source }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td title={source}>
                {version}
                {source !== undefined && <span className={styles["source"]}>{source}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {found.length === 0 && (
        <p className={styles["nothing"]}>
          {packages.length === 0 ? "No package was installed." : `No package has “${search}” in its name.`}
        </p>
      )}
    </section>
  );
}
