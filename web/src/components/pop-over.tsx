import * as Popover from "@radix-ui/react-popover";
import type { ReactNode } from "react";

import styles from "./pop-over.module.css";

interface PopOverProps {
  trigger: ReactNode;
  children: ReactNode;
  label: string;
  align?: "start" | "end";
}

/** A small panel under its button, closed by a click beside it or by Escape. */
export function PopOver({ trigger, children, label, align = "start" }: PopOverProps) {
  return (
    <Popover.Root>
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={styles["content"]}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
