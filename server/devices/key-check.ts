import type { ReadKey } from './doorkeeper.ts'

export type KeyCheckPorts = {
  readKey: ReadKey
  /** Runs what is guarded: a fault costs nothing but the try. */
  run: (work: { run: () => Promise<void> }) => void
}

/** Compares the key that let a device in (its hash) with the one that it has now. */
export class KeyCheck {
  private readonly ports: KeyCheckPorts
  private readonly id: string
  private readonly keyed: string
  private readonly changed: () => void
  /** Called where something is left to be done by the clock. */
  private readonly stir: () => void
  private wanted = false
  private checking = false
  private closed = false

  constructor(ports: KeyCheckPorts, id: string, keyed: string, changed: () => void, stir: () => void) {
    this.ports = ports
    this.id = id
    this.keyed = keyed
    this.changed = changed
    this.stir = stir
  }

  check(): void {
    if (this.closed) return
    this.wanted = true
    this.stir()
    if (!this.checking) this.ports.run(this)
  }

  /** Checks again where Redis could not be asked. Returns whether anything is left to be done. */
  tick(): boolean {
    if (this.wanted) this.check()
    return this.wanted
  }

  close(): void {
    this.closed = true
  }

  async run(): Promise<void> {
    this.checking = true
    try {
      while (this.wanted && !this.closed) {
        this.wanted = false
        const kept = await this.ports.readKey(this.id).catch(() => undefined)
        if (this.closed) return
        if (kept === undefined) {
          this.wanted = true
          return
        }
        if (kept !== this.keyed) this.changed()
      }
    } finally {
      this.checking = false
    }
  }
}
