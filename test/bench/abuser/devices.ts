import { addDevices } from '../../support/devices/keys.ts'
import { signIn } from '../../support/talkers/sign-in.ts'
import type { Scene } from './scene.ts'
import { openSocket, type Talk, text } from './sockets.ts'

const REPORTS_A_SECOND = 1000
const ID = 'ABUSER'

/** A device that was let in by its own key, and reports far more than it should. */
export const reports = async (scene: Scene): Promise<void> => {
  const url = `http://127.0.0.1:${scene.target.port}`
  const [member] = await addDevices(url, await signIn(url, 'abuser'), [ID])
  let talk: Talk | null = null
  scene.keep(() =>
    openSocket(scene, {
      onUpgraded: ({ socket }) => void socket.write(text(`40/device,${JSON.stringify({ id: ID, key: member?.key })}`)),
      onReady: (ready) => {
        talk = ready
      },
    }),
  )
  let n = 0
  scene.steadily(REPORTS_A_SECOND, () => {
    const fix = { n: ++n, t: Date.now(), lat: 30.3, lon: -97.8, speed: 0 }
    talk?.ask(text(`42/device,0${JSON.stringify(['report', { fixes: [fix] }])}`))
  })
}
