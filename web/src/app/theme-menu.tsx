import { Button } from "@/components/button";
import type { IconName } from "@/components/icon";
import { Menu, MenuItem } from "@/components/menu";
import { chooseTheme, useThemeChoice, type ThemeChoice } from "@/lib/theme";

const CHOICES: { value: ThemeChoice; label: string; icon: IconName }[] = [
  { value: "system", label: "As the system", icon: "system" },
  { value: "light", label: "Light", icon: "sun" },
  { value: "dark", label: "Dark", icon: "moon" },
];

export function ThemeMenu() {
  const choice = useThemeChoice();
  const icon = CHOICES.find((each) => each.value === choice)?.icon ?? "system";
  return (
    <Menu trigger={<Button kind="quiet" icon={icon} aria-label="Theme" />}>
      {CHOICES.map((each) => (
        <MenuItem
          key={each.value}
          icon={each.icon}
          checked={each.value === choice}
          onSelect={() => chooseTheme(each.value)}
        >
          {each.label}
        </MenuItem>
      ))}
    </Menu>
  );
}
