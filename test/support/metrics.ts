/** One line of `/metrics`. */
export type Sample = { name: string; labels: Record<string, string>; value: number }

export type Scrape = {
  samples: Sample[]
  /** Metric names (a histogram's without `_bucket`, `_sum` and `_count`), with their kinds. */
  types: Map<string, string>
  /** The sum of all series of that name that have these labels; throws where there is none. */
  value: (name: string, labels?: Record<string, string>) => number
}

const LINE = /^([a-z_0-9]+)(?:\{(.*)\})? (\S+)$/i

/** Asks a node for all of its figures. */
export const scrape = async (url: string): Promise<Scrape> => {
  const response = await fetch(`${url}/metrics`)
  if (!response.ok) throw new Error(`/metrics answered ${response.status}`)
  const text = await response.text()
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]))
  const samples = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line): Sample => {
      const [, name = '', labels = '', value] = LINE.exec(line) ?? []
      if (value === undefined) throw new Error(`not a line of /metrics: ${line}`)
      const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', each = '']) => [key, each])
      return { name, labels: Object.fromEntries(pairs), value: Number(value) }
    })
  return {
    samples,
    types,
    value: (name, labels = {}) => {
      const found = samples.filter(
        (each) => each.name === name && Object.entries(labels).every(([key, value]) => each.labels[key] === value),
      )
      if (found.length === 0) throw new Error(`no ${name} ${JSON.stringify(labels)}`)
      return found.reduce((sum, { value }) => sum + value, 0)
    },
  }
}
