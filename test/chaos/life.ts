import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { defined } from '../../src/core/defined.js'
import { fraction, type Random } from '../../src/lab/fill/random.js'
import { newestRun } from './homes.js'
import { atWork, type Moment } from './moments.js'
import { type Ended, runProgram } from './processes.js'
import type { Blow, Scene, World } from './scene.js'

const TIMEOUT_MS = 120_000
const MOST_EXECUTIONS = 40
const WHILE_IT_STARTS = 1 / 4

type Fate = {
  readonly killAfterMs?: number
  readonly killAt?: Moment
  readonly failpoint?: string
  readonly born?: (child: ChildProcess) => void
}

/** The executions of one run in a home of its own: starts them, kills some, and remembers what befell them. */
export class Life {
  readonly home: string
  /** The verb of each execution that was killed. */
  readonly killed: string[] = []
  readonly blows: string[] = []
  executions = 0
  readonly #world: World
  readonly #always: readonly string[]
  readonly #env: Readonly<Record<string, string>>
  readonly #at: Scene['kills']

  constructor(world: World, home: string, { always, env = {}, kills }: Pick<Scene, 'always' | 'env' | 'kills'>) {
    this.#world = world
    this.home = home
    this.#always = always
    this.#env = env
    this.#at = kills
  }

  /** Runs `spillway` to its end. One that takes longer than two minutes is killed, which is never what was wanted. */
  live(args: readonly string[]): Promise<Ended> {
    return this.#run(args)
  }

  /** Runs it until it ends, or is killed: at a failpoint if one is named, else at a random moment. */
  async risk(args: readonly string[], failpoint?: string): Promise<Ended> {
    const ended = await this.#run(args, failpoint === undefined ? this.#fate() : { failpoint })
    if (wasKilled(ended)) this.killed.push(args[0] ?? '')
    return ended
  }

  async #untilStruck(running: Promise<Ended>): Promise<void> {
    const { random } = this.#world
    if (this.#at !== 'at work') return sleep(600 + 1500 * fraction(random()))
    const over = new AbortController()
    void running.finally(() => over.abort())
    await atWork(this.home, random)(over.signal)
    over.abort()
  }

  #fate(): Fate {
    const { random } = this.#world
    const isAtWork = this.#at === 'at work' && fraction(random()) > WHILE_IT_STARTS
    return isAtWork ? { killAt: atWork(this.home, random) } : { killAfterMs: killMoment(random) }
  }

  /** Runs it, and lets a blow fall while it is at work. */
  async suffer(args: readonly string[], blow: Blow): Promise<Ended> {
    const born: ChildProcess[] = []
    const running = this.#run(args, { born: child => born.push(child) })
    await this.#untilStruck(running)
    await blow.strike({ signal: name => born.forEach(child => void child.kill(name)) })
    this.blows.push(blow.name)
    return running
  }

  /** Runs one that connects to nothing. */
  ask(args: readonly string[]): Promise<Ended> {
    return this.#spawn(args)
  }

  #run(args: readonly string[], fate?: Fate): Promise<Ended> {
    this.executions++
    return this.#spawn([...args, ...this.#always], fate)
  }

  #spawn(args: readonly string[], { killAfterMs, killAt, failpoint, born }: Fate = {}): Promise<Ended> {
    return runProgram(process.execPath, [this.#world.bin, ...args, '--output', 'json'], {
      ...defined({ killAfterMs, killAt, born }),
      timeoutMs: TIMEOUT_MS,
      env: {
        ...this.#env,
        SPILLWAY_HOME: this.home,
        ...(failpoint === undefined ? {} : { SPILLWAY_FAILPOINT: failpoint }),
      },
    })
  }
}

/** Whether it died of the kill that was meant for it, and not of taking too long. */
export const wasKilled = ({ signal, seconds }: Ended): boolean => signal === 'SIGKILL' && seconds < TIMEOUT_MS / 1000

/** One in six while it starts; the others while it copies. Milliseconds. */
function killMoment(random: Random): number {
  const draw = fraction(random())
  return fraction(random()) < 1 / 6 ? 900 * draw : 700 + 2000 * draw
}

type Course = { readonly begin: readonly string[]; readonly kills: number; readonly blows: readonly Blow[] }

/** Begins a drain and resumes it, killed again and again, until it is left to end. Resolves with the last execution. */
export async function liveThrough(life: Life, { begin, kills, blows }: Course): Promise<Ended> {
  const coming = [...blows]
  for (;;) {
    const run = await newestRun(life.home)
    const args = run === undefined ? begin : ['resume', run]
    const blow = life.killed.length >= kills / 2 ? coming.shift() : undefined
    const doomed = blow === undefined && life.killed.length < kills
    const ended = await (blow ? life.suffer(args, blow) : doomed ? life.risk(args) : life.live(args))
    // A broker that dies may end an execution, as long as `resume` goes on from there.
    const survived = blow?.survived ?? failed
    const again = (doomed && wasKilled(ended)) || (blow && survived(ended)) || isCanary(ended)
    if (!again || life.executions >= MOST_EXECUTIONS) return ended
  }
}

/** Ended with an error that was told: on the way, or because the broker was away as it began. */
const failed = ({ code, out }: Ended): boolean => (code === 1 || code === 2) && out !== ''

const isCanary = ({ code, out }: Ended): boolean => code === 0 && JSON.parse(out).reason === 'canary'

/** The end of what an execution printed, for a problem's report. */
export const lastWords = ({ out, err }: Ended): string[] =>
  [out, err].map(text => text.slice(-1500)).filter(text => text !== '')
