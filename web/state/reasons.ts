/** Why a connection ended or could not be made, as socket.io calls it, in plain words. */
const WORDS: Readonly<Record<string, string>> = {
  'transport close': 'the connection closed',
  'transport error': 'the connection broke',
  'websocket error': 'the connection failed',
  'ping timeout': 'the node stopped responding',
  'io server disconnect': 'the node closed the connection',
  timeout: 'no answer',
}

export const inWords = (reason: string): string => WORDS[reason] ?? reason
