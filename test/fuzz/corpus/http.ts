import type { HttpCase } from '../surfaces/http.ts'

const get = (target: string, ...headers: string[]): HttpCase['requests'][number] => ({
  method: 'GET',
  loose: false,
  bytes: [`GET ${target} HTTP/1.1`, 'Host: localhost', ...headers, '\r\n'].join('\r\n'),
})
const sent = (...requests: HttpCase['requests']): HttpCase => ({ requests, pause: 0, half: false })

export const corpus: Record<string, HttpCase> = {
  // The word to go on stood in the body of the answer.
  'expects-behind-another': sent(
    get('/api/symbols'),
    get('/api/symbols/X/candles?limit=1.5', 'Expect: 100-continue'),
    get('/api/config'),
  ),
  // A range that cannot be was answered as HTML.
  'range-that-cannot-be': sent(get('/', 'Range: bytes=999999999-')),
  // As 0.
  'empty-numbers': sent(get('/api/symbols/LIVE0/candles?before='), get('/api/devices/live-0/track?since=')),
}
