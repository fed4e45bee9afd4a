import { useContext } from 'preact/hooks'
import { formatAge, NOTHING } from '../../state/format.ts'
import { WORKSPACES, type Workspace } from '../../state/place.ts'
import { THEMES, type Theme } from '../../state/prefs.ts'
import { DeskButton, DeskTab } from '../desk/DeskButton.tsx'
import { DeskContext } from '../desk/desk-context.ts'
import { PastClock } from '../past/PastClock.tsx'
import { Who } from '../people/Who.tsx'
import { useFloor } from '../shared/floor-context.ts'
import { FleetIcon, MarketsIcon, MoonIcon, SunIcon, SystemIcon } from '../shared/icons.tsx'
import { Segments } from '../shared/Segments.tsx'
import type { ThemeState } from '../shared/theme.ts'
import { LinkBadge } from './LinkBadge.tsx'

const NAMES: Record<Workspace, string> = { markets: 'Markets', split: 'Split', fleet: 'Fleet' }
const THEME_NAMES: Record<Theme, string> = { system: 'system default', dark: 'dark', light: 'light' }
const THEME_ICONS = { system: SystemIcon, dark: MoonIcon, light: SunIcon }

const Delay = () => {
  const { link } = useFloor()
  const { delay, health, redisDown } = link
  const text = delay.value && health.value === 'live' && !redisDown.value ? formatAge(delay.value.p50) : NOTHING
  return (
    <span class="meter" title="How long an update takes from Redis to this page (median)">
      <span class="label">Delay</span> <b data-meter="delay">{text}</b>
    </span>
  )
}

const ThemeButton = ({ theme }: { theme: ThemeState }) => {
  const now = theme.theme.value
  const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length] ?? 'system'
  const Icon = THEME_ICONS[now]
  const label = `Theme: ${THEME_NAMES[now]}. Switch to ${THEME_NAMES[next]}`
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} onClick={() => theme.choose(next)}>
      <Icon />
    </button>
  )
}

export const Header = ({ theme }: { theme: ThemeState }) => {
  const { workspace, go, past, desk } = useFloor()
  return (
    <header class="bar">
      <h1 class="brand">
        <img src="/mark.svg" alt="" />
        <span>Watchfloor</span>
      </h1>
      <Segments
        class="workspaces"
        label="Workspace"
        value={workspace.value}
        options={WORKSPACES.map((value, i) => ({ value, label: NAMES[value], hint: String(i + 1) }))}
        onChoose={(next) => go({ workspace: next })}
      />
      <span class="spring" />
      <PastClock />
      {past === null && <Delay />}
      <LinkBadge />
      {desk !== null && <DeskButton />}
      <Who />
      <ThemeButton theme={theme} />
    </header>
  )
}

/** The workspaces of a phone, one at a time. */
export const BottomBar = () => {
  const { workspace, go } = useFloor()
  const desk = useContext(DeskContext)
  const tab = (value: Workspace, Icon: typeof MarketsIcon) => (
    <button
      type="button"
      aria-current={workspace.value === value && !desk?.look.open.value ? 'page' : undefined}
      onClick={() => {
        desk?.look.show(false)
        go({ workspace: value })
      }}
    >
      <Icon />
      {NAMES[value]}
    </button>
  )
  return (
    <nav class="bottom" aria-label="Workspaces">
      {tab('markets', MarketsIcon)}
      {tab('fleet', FleetIcon)}
      {desk !== null && <DeskTab />}
    </nav>
  )
}
