import { Outlet } from "@tanstack/react-router";
import { useState } from "react";

import { TopBar } from "./top-bar";
import styles from "./frame.module.css";
import { Navigation } from "./navigation";
import { Palette } from "./palette";
import { StaleNotice } from "./stale-notice";
import { useShortcut } from "./use-shortcut";

/** What stands around every page: navigation at the left, where-am-I on top, the palette on Ctrl-K. */
export function Frame() {
  const [paletteOpen, setPaletteOpen] = useState(false);
  useShortcut("k", () => setPaletteOpen((open) => !open));
  return (
    <div className={styles["frame"]}>
      <Navigation />
      <div className={styles["column"]}>
        <TopBar onSearch={() => setPaletteOpen(true)} />
        <StaleNotice />
        <main className={styles["main"]} id="main" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      {paletteOpen && <Palette onClose={() => setPaletteOpen(false)} />}
    </div>
  );
}
