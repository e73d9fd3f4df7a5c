import * as Dropdown from "@radix-ui/react-dropdown-menu";
import { createContext, use, useCallback, useRef, type ReactNode } from "react";

import { classNames } from "@/lib/class-names";

import { Icon, type IconName } from "./icon";
import styles from "./menu.module.css";

interface MenuProps {
  /** One element that takes a ref: the button that opens the menu. */
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "end";
}

/** Takes what was chosen: done once the menu has given the focus back to its button, where a dialog finds it. */
const Choose = createContext<(act: () => void) => void>((act) => act());

/** A menu under its button. Not modal: the modal form writes style elements, which the content policy forbids. */
export function Menu({ trigger, children, align = "start" }: MenuProps) {
  const chosen = useRef<() => void>(undefined);
  const choose = useCallback((act: () => void) => {
    chosen.current = act;
  }, []);
  return (
    <Dropdown.Root modal={false}>
      <Dropdown.Trigger asChild>{trigger}</Dropdown.Trigger>
      <Dropdown.Portal>
        <Dropdown.Content
          className={styles["content"]}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          onCloseAutoFocus={() => {
            const act = chosen.current;
            chosen.current = undefined;
            if (act) queueMicrotask(act);
          }}
        >
          <Choose value={choose}>{children}</Choose>
        </Dropdown.Content>
      </Dropdown.Portal>
    </Dropdown.Root>
  );
}

interface MenuItemProps {
  icon?: IconName;
  /** Shows a check mark in the icon's place. */
  checked?: boolean;
  danger?: boolean;
  disabled?: boolean;
  onSelect: () => void;
  children: ReactNode;
}

export function MenuItem({ icon, checked, danger, disabled, onSelect, children }: MenuItemProps) {
  const choose = use(Choose);
  return (
    <Dropdown.Item
      className={classNames(styles["item"], danger && styles["danger"])}
      disabled={disabled ?? false}
      onSelect={() => choose(onSelect)}
    >
      <span className={styles["icon"]}>
        {checked ? <Icon name="check" /> : icon !== undefined && <Icon name={icon} />}
      </span>
      {children}
    </Dropdown.Item>
  );
}

export function MenuLine() {
  return <Dropdown.Separator className={styles["line"]} />;
}
