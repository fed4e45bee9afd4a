import type { Api } from '../api.ts'

/** The node's HTTP calls as of a moment. `seen`: whether all is wanted as it was seen then. */
export const createPastApi = (api: Api, moment: () => number, seen: () => boolean): Api => ({
  ...api,
  symbols: () => api.symbols(moment()),
  candles: (symbol, interval, before, at = moment()) => api.candles(symbol, interval, before, at, seen()),
  track: (id, since) => api.track(id, since, moment(), seen()),
  devices: (text) => api.devices(text, moment()),
  devicePage: (text, after) => api.devicePage(text, after, moment()),
})
