import type { ComponentChildren } from 'preact'

const icon = (children: ComponentChildren) => () => (
  <svg
    width="16"
    height="16"
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    stroke-width="1.5"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    {children}
  </svg>
)

export const SearchIcon = icon(<path d="M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zm3.6-1.4L14 14" />)
export const CloseIcon = icon(<path d="m4 4 8 8m0-8-8 8" />)
export const AddIcon = icon(<path d="M8 3v10M3 8h10" />)
export const MinusIcon = icon(<path d="M3 8h10" />)
export const BackIcon = icon(<path d="M10 3 5 8l5 5" />)
export const SunIcon = icon(
  <path d="M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zm0-9.5v1m0 11v1M1.5 8h1m11 0h1M3.4 3.4l.7.7m7.8 7.8.7.7m0-9.2-.7.7m-7.8 7.8-.7.7" />,
)
export const MoonIcon = icon(<path d="M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z" />)
export const SystemIcon = icon(<path d="M2 3h12v8H2zm4 11h4m-2-3v3" />)
export const MarketsIcon = icon(<path d="M4 2v3m0 6v3M2.5 5h3v6h-3zM12 1v4m0 5v3m-1.5-8h3v5h-3zM8 4v8" />)
export const FleetIcon = icon(
  <path d="M8 14.5S3 10.4 3 6.6a5 5 0 0 1 10 0c0 3.8-5 7.9-5 7.9zm0-6.2a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6z" />,
)
export const HomeIcon = icon(<path d="M2 5V2h3m6 0h3v3m0 6v3h-3m-6 0H2v-3m6-1a2 2 0 1 0 0-4 2 2 0 0 0 0 4z" />)
export const GridIcon = icon(<path d="M2.5 2.5h11v11h-11zm0 3.7h11m-11 3.6h11M6.2 2.5v11m3.6-11v11" />)
export const DeskIcon = icon(<path d="M2.5 3h11v8H8l-3 2.5V11H2.5z" />)
export const PersonIcon = icon(<path d="M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zm-5.5 6a5.5 5.5 0 0 1 11 0" />)
export const ShareIcon = icon(<path d="M8 10V2m0 0L5 5m3-3 3 3M3 8v5.5h10V8" />)
export const ListIcon = icon(<path d="M2.5 4h1m2 0h8m-11 4h1m2 0h8m-11 4h1m2 0h8" />)
export const OnIcon = icon(<path d="m6 3 5 5-5 5" />)
export const ClockIcon = icon(<path d="M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zm0-9.5V8l2.5 1.5" />)
export const PlayIcon = icon(<path d="M5 3v10l8-5z" fill="currentColor" />)
export const PauseIcon = icon(<path d="M5 3.5v9m6-9v9" stroke-width="2.5" />)
export const StepBackIcon = icon(<path d="M12.5 3.5v9L6 8zM3.5 3.5v9" />)
export const StepOnIcon = icon(<path d="M3.5 3.5v9L10 8zm9 0v9" />)
