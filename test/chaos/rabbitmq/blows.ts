import { setTimeout as sleep } from 'node:timers/promises'
import type { RabbitLab } from '../../../src/lab/rabbitmq/options.js'
import type { TcpProxy } from '../../live/tcp-proxy.js'
import type { Blow } from '../scene.js'

const CUTS = 3
const CUT_EVERY_MS = 250
const BROKER_DOWN_MS = 500

/** All connections are cut, three times in a row; in every second copy. */
export const cutting = (proxy: TcpProxy): Blow => ({
  name: 'connections cut',
  every: 2,
  async strike() {
    for (let cuts = 0; cuts < CUTS; cuts++, await sleep(CUT_EVERY_MS)) proxy.cut()
  },
})

/** The broker is killed and started in one of so many copies, and restarted in good order as often; 0: never. */
export const blowsOn = (lab: RabbitLab, every: number): Blow[] => [
  {
    name: 'broker killed',
    every,
    async strike() {
      await lab.kill()
      await sleep(BROKER_DOWN_MS)
      await lab.restart()
    },
  },
  { name: 'broker restarted', every, early: Math.ceil(every / 2), strike: () => lab.restart() },
]
