import type { ComponentProps } from "react";

import { classNames } from "@/lib/class-names";

import { Icon, type IconName } from "./icon";
import styles from "./text-field.module.css";

interface TextFieldProps extends ComponentProps<"input"> {
  /** Says to everyone what goes in; stands as the field's name. */
  label: string;
  icon?: IconName;
  mono?: boolean;
}

export function TextField({ label, icon, mono, className, ...rest }: TextFieldProps) {
  return (
    <span className={classNames(styles["field"], className)}>
      {icon !== undefined && (
        <span className={styles["icon"]}>
          <Icon name={icon} />
        </span>
      )}
      <input
        className={classNames(
          styles["input"],
          icon !== undefined && styles["with-icon"],
          mono && styles["mono"],
        )}
        aria-label={label}
        autoComplete="off"
        spellCheck={false}
        {...rest}
      />
    </span>
  );
}
