import type { Signal } from '@preact/signals'
import type { Map as LeafletMap } from 'leaflet'
import type { ComponentChildren } from 'preact'
import { FIRST_MAP } from '../../state/prefs.ts'
import { ShareMap } from '../people/ShareThis.tsx'
import { AddIcon, GridIcon, HomeIcon, MinusIcon } from '../shared/icons.tsx'

type ToolProps = { label: string; pressed?: boolean; onClick: () => void; children: ComponentChildren }

const Tool = ({ label, pressed, onClick, children }: ToolProps) => (
  <button type="button" class="icon-button" aria-label={label} title={label} aria-pressed={pressed} onClick={onClick}>
    {children}
  </button>
)

type Props = { map: () => LeafletMap | undefined; showCells: Signal<boolean> }

/** The buttons at the edge of the map. */
export const MapTools = ({ map, showCells }: Props) => (
  <div class="map-tools">
    <Tool label="Zoom in" onClick={() => map()?.zoomIn()}>
      <AddIcon />
    </Tool>
    <Tool label="Zoom out" onClick={() => map()?.zoomOut()}>
      <MinusIcon />
    </Tool>
    <Tool label="Back to Austin" onClick={() => map()?.setView([FIRST_MAP.lat, FIRST_MAP.lon], FIRST_MAP.zoom)}>
      <HomeIcon />
    </Tool>
    <Tool
      label="Show watched cells"
      pressed={showCells.value}
      onClick={() => {
        showCells.value = !showCells.value
      }}
    >
      <GridIcon />
    </Tool>
    <ShareMap />
  </div>
)
