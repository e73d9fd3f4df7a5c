import { useState, type ComponentProps } from "react";

import { TextField } from "./text-field";

interface SearchFieldProps extends Omit<ComponentProps<typeof TextField>, "value" | "onChange" | "onBlur"> {
  value: string;
  onChange: (text: string) => void;
}

/** A field whose text stands in the address of the page, which takes it up a moment later: until the field is left, what
 * was typed rules, or the caret would jump. Escape empties it. */
export function SearchField({ value, onChange, onKeyDown, ...rest }: SearchFieldProps) {
  const [typed, setTyped] = useState<string>();
  const type = (text: string) => {
    setTyped(text);
    onChange(text);
  };
  return (
    <TextField
      {...rest}
      value={typed ?? value}
      icon="search"
      onChange={(event) => type(event.target.value)}
      onBlur={() => setTyped(undefined)}
      onKeyDown={(event) => {
        if (event.key === "Escape" && (typed ?? value) !== "") type("");
        onKeyDown?.(event);
      }}
    />
  );
}
