import { setTimeout as sleep } from 'node:timers/promises'
import type { Dispatcher } from './dispatcher.ts'
import type { Asked, Known } from './oracle.ts'
import type { Planned } from './plan.ts'

/** Asks for all of a plan, each at its time, by all dispatchers in turn. */
export const askAll = async (plan: readonly Planned[], dispatchers: readonly Dispatcher[]): Promise<Asked[]> => {
  const began = performance.now()
  const asking: Promise<Asked>[] = []
  const ask = async ({ device, request, cancelAfterMs }: Planned, by: Dispatcher): Promise<Asked> => {
    const { id, kind } = request
    const asked: Asked = {
      device: device.id,
      id,
      kind,
      ...(request.if && { if: request.if }),
      reply: 'taken',
      cancelled: null,
      cancelAsked: cancelAfterMs !== null,
    }
    const reply = await by.command(request)
    if ('error' in reply) asked.reply = reply.error.code
    if (cancelAfterMs === null || 'error' in reply) return asked
    await sleep(cancelAfterMs)
    const answer = await by.cancel({ device: device.id, id })
    if (answer !== null && 'cancelled' in answer) asked.cancelled = answer.cancelled
    return asked
  }
  for (const [i, planned] of plan.entries()) {
    const wait = planned.atMs - (performance.now() - began)
    if (wait > 0) await sleep(wait)
    asking.push(ask(planned, dispatchers[i % dispatchers.length] as Dispatcher))
  }
  return Promise.all(asking)
}

/** A command to many devices, and what became of asking for it. */
export type Order = { id: string; asked: Asked[] }

/** Orders to many devices at once; each device's command bears the id of its order. */
export const askOrders = async (
  options: { orders: number; ordered: number; overMs: number },
  devices: readonly Known[],
  by: Dispatcher,
): Promise<Order[]> => {
  const orders: Order[] = []
  for (let i = 0; i < options.orders; i++) {
    await sleep(options.overMs / (options.orders + 1))
    const some = devices.filter((_, place) => place % options.orders === i).slice(0, options.ordered)
    const to = { devices: some.map(({ id }) => id) }
    const id = `order-${i}`
    const reply = await by.command({ id, to, kind: 'message', args: { text: id }, within: 8 })
    if (!('order' in reply)) throw new Error(`no order: ${JSON.stringify(reply)}`)
    const { order } = reply
    const asked = some.map(({ id: device }) => ({
      device,
      id: order,
      kind: 'message',
      reply: 'taken',
      cancelled: null,
      cancelAsked: false,
    }))
    orders.push({ id: order, asked })
  }
  return orders
}
