import type { ComponentProps } from "react";

import { classNames } from "@/lib/class-names";

import styles from "./button.module.css";
import { Icon, type IconName } from "./icon";

interface ButtonProps extends ComponentProps<"button"> {
  /** `plain` has a hairline, `quiet` none, `primary` is the one thing to do here, `danger` takes something away. */
  kind?: "plain" | "quiet" | "primary" | "danger";
  icon?: IconName;
}

export function Button({ kind = "plain", icon, className, children, type = "button", ...rest }: ButtonProps) {
  const bare = children === undefined;
  return (
    <button
      type={type}
      className={classNames(styles["button"], styles[kind], bare && styles["bare"], className)}
      {...rest}
    >
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  );
}
