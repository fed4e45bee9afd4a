import { DUE_KEY } from '../../wire/command-calls.ts'
import { deviceTopic, type Topic, topicPart } from '../../wire/topics.ts'

/** Sorted set: orders by when they are not compared with their devices any more (Unix ms). */
export const ORDERS_KEY = `${DUE_KEY}:orders`
/** Whoever holds this lease looks after commands that are due. */
export const LEASE_KEY = `${DUE_KEY}:lease`

/** Hash: command -> itself as JSON. */
export const commandsKey = (device: string): string => topicPart(deviceTopic(device), 'commands')
/** Hash: device -> its entry as JSON. */
export const orderDevicesKey = (order: Topic): string => topicPart(order, 'devices')
