/** A device in the register: what it is called, and what it belongs to, as far as a feed has said. */
export type DeviceEntry = { id: string; name?: string; group?: string; category?: string }

/** The register's state at a cursor: how many devices it has. Which, `GET /api/devices` tells. */
export type RegisterSnapshot = { count: number }
/** What follows: devices that are new, are called something else or have come back, and those that were reaped. */
export type RegisterUpdate = { devices?: DeviceEntry[]; gone?: string[] }
