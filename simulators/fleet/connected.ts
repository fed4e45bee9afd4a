import type { connectDevice, Noted } from '../../docs/device.ts'
import { isSilent, observe } from './device.ts'
import { type Member, wakeUp } from './fleet.ts'
import { type Obeying, obey, TAKES } from './obey.ts'
import { createPower, type Figures } from './power.ts'

export type ConnectedPorts = {
  /** The floor's address. */
  floor: string
  connect: typeof connectDevice
  /** Resolves after so many milliseconds. */
  wait: (ms: number) => Promise<unknown>
  /** The floor does not let the device in for now. */
  refused: (id: string, code: string) => void
}

/** A simulated device with a connection of its own: it drives, reports, obeys, loses its signal, and restarts. */
export type Connected = {
  id: string
  /** Connects, with this key from now on. */
  open: (key: string) => void
  /** Does all that is due at `t` (Unix milliseconds). Call with rising times. */
  step: (t: number) => void
  isConnected: () => boolean
  figures: () => Figures
  /** Why a fix was refused; '' where none was. */
  why: () => string
  journal: ReadonlyMap<string, Noted>
  /** Fixes that the floor has not taken yet are lost. */
  close: () => void
}

/** Mean seconds between two restarts, and how many milliseconds one takes. */
const RESTARTS = { between: 4 * 3600, least: 5000, most: 20_000 }

export const createConnected = (member: Member, ports: ConnectedPorts): Connected => {
  const { device } = member
  const { id, random } = device
  const power = createPower(ports.floor, ports.connect)
  let { period } = member
  let key: string | null = null
  let latest = device.reported
  let wasParked = false
  let hasSignal = true

  const obeying: Obeying = {
    device,
    wait: ports.wait,
    reportEvery: (seconds) => {
      period = 1000 * seconds
      device.due = Math.min(device.due, device.reported + period)
      power.client()?.tell({ every: seconds })
    },
    reportNow: () => {
      device.due = latest
      wasParked = false
    },
  }
  const switchOn = (withKey: string): void => {
    key = withKey
    hasSignal = true
    power.on({
      id,
      key,
      life: { every: Math.ceil(period / 1000), takes: TAKES, parked: wasParked },
      obey: (command, isLate) => obey(obeying, command, isLate),
      refused: (code) => ports.refused(id, code),
    })
  }
  /** It is off until then, and measures nothing. */
  const restart = (at: number): void => {
    power.off()
    device.due = at + Math.round(RESTARTS.least + (RESTARTS.most - RESTARTS.least) * random.next())
  }
  const listen = (isSilentNow: boolean): void => {
    if (hasSignal !== isSilentNow) return
    hasSignal = !isSilentNow
    if (hasSignal) power.client()?.wake()
    else power.client()?.sleep()
  }
  /** Whoever rests says so once, and is silent until it goes on. */
  const reportAt = (at: number): void => {
    const seconds = (at - device.reported) / 1000
    const { id: _, ...fix } = observe(device, at)
    listen(isSilent(device, at, seconds))
    const isParked = fix.parked === true
    if (isParked !== wasParked) power.client()?.tell({ parked: isParked })
    if (!isParked || !wasParked) power.client()?.fix(fix)
    wasParked = isParked
    if (random.next() < 1 - Math.exp(-seconds / RESTARTS.between)) restart(at)
  }

  return {
    id,
    open: switchOn,
    step: (t) => {
      if (key === null) return
      wakeUp(device, t)
      while (device.due <= t) {
        if (power.client() === null) switchOn(key)
        const at = device.due
        device.due += period
        reportAt(at)
      }
      latest = t
    },
    isConnected: () => power.client()?.isConnected() ?? false,
    figures: power.figures,
    why: power.why,
    journal: power.journal,
    close: power.off,
  }
}
