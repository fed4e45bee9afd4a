import { addDevices } from '../../support/devices/keys.ts'
import { signIn } from '../../support/talkers/sign-in.ts'
import { FUZZED } from '../shapes/device-requests.ts'

/** One device for all cases of a node. */
const keys = new Map<number, Promise<string>>()

const add = async (port: number): Promise<string> => {
  const url = `http://127.0.0.1:${port}`
  const [member] = await addDevices(url, await signIn(url, 'fuzzer'), [FUZZED])
  if (member === undefined) throw new Error('no device was added')
  return member.key
}

/** The key of the device that the fuzzer speaks for, on the node at a port. */
export const keyFor = (port: number): Promise<string> => {
  const known = keys.get(port) ?? add(port)
  keys.set(port, known)
  return known
}
