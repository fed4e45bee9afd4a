import type { RoomsReply } from '../../../wire/rooms.ts'
import type { Api } from '../api.ts'

/** Rooms as they are now, without what was written in them after a moment. */
const writtenBy = ({ rooms }: RoomsReply, at: number): RoomsReply => ({
  rooms: rooms.map((row) => (row.last !== null && row.last.t > at ? { ...row, last: null } : row)),
})

/** The node's HTTP calls as of a moment. `seen`: whether all is wanted as it was seen then. */
export const createPastApi = (api: Api, moment: () => number, seen: () => boolean): Api => ({
  ...api,
  symbols: () => api.symbols(moment()),
  candles: (symbol, interval, before, at = moment()) => api.candles(symbol, interval, before, at, seen()),
  track: (id, since) => api.track(id, since, moment(), seen()),
  devices: (text) => api.devices(text, moment()),
  devicePage: (text, after) => api.devicePage(text, after, moment()),
  rooms: async () => writtenBy(await api.rooms(), moment()),
})
