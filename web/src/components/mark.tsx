/** The rune raido: a ride, a journey. One stroke weight. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path
        d="M6.5 2.5v19M6.5 3.5l9 5.2-9 5.3 11 7.5"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.6"
        strokeLinejoin="bevel"
      />
    </svg>
  );
}
