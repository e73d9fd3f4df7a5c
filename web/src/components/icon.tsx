/** Small drawings in one stroke weight, 16 units square. */
const PATHS = {
  experiments: "M2.5 4h11M2.5 8h11M2.5 12h7",
  trash: "M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.6 9h5.8l.6-9",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2",
  sun: "M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9",
  moon: "M13 9.6A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.6z",
  system: "M2.5 3h11v7.5h-11zM5.5 13.5h5M8 10.5v3",
  left: "M9.8 3.5 5.5 8l4.3 4.5",
  right: "M6.2 3.5 10.5 8l-4.3 4.5",
  down: "M3.5 6.2 8 10.5l4.5-4.3",
  up: "M3.5 9.8 8 5.5l4.5 4.3",
  columns: "M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10",
  pin: "M5.5 2.5h5M6.5 2.5v4L4.5 9h7l-2-2.5v-4M8 9v4.5",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  check: "M3 8.5 6.5 12 13 4.5",
  close: "M3.8 3.8l8.4 8.4M12.2 3.8l-8.4 8.4",
  plus: "M8 3v10M3 8h10",
  folder: "M2 4h4.2l1.5 1.8H14v7.2H2z",
  file: "M4 2h5.5L12.5 5v9H4zM9.5 2v3h3",
  image: "M2.5 3h11v10h-11zM2.5 11l3.2-3 2.8 2.6 2-1.8 3 2.7M10.3 6.2h.01",
  download: "M8 2.5v7.5M4.8 7 8 10.2 11.2 7M3 13.5h10",
  chart: "M2.5 2.5v11h11M5 10l2.5-3.5 2 1.8L13 4.5",
  table: "M2.5 3h11v10h-11zM2.5 6.3h11M2.5 9.6h11M6.5 3v10",
  model: "M8 2 13.2 5v6L8 14 2.8 11V5zM2.8 5 8 8l5.2-3M8 8v6",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  edit: "M3 13l.6-2.8 7-7L12.8 5.4l-7 7zM9.3 4.5l2.2 2.2",
  undo: "M5.5 3 2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H6",
  compare: "M2.5 3h4.2v10H2.5zM9.3 3h4.2v10H9.3z",
  tree: "M3 3v9.5h3M3 7h3M8 7h5.5M8 12.5h5.5M5.5 3h8",
  warning: "M8 2.5 14.2 13H1.8zM8 6.5v3M8 11.3h.01",
  fold: "M2.5 3h11v10h-11zM6 3v10",
  zoomOut: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2M5 7h4",
  expand: "M9.5 2.5h4v4M6.5 13.5h-4v-4M13.5 2.5 9.3 6.7M2.5 13.5l4.2-4.2",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth={name === "more" ? 2 : 1.3}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
