import { defined } from '../../core/defined.js'
import { UserError } from '../../errors.js'
import type { UpRequest } from '../requests.js'
import { givenRabbit } from './given.js'
import { inspectRabbit, type RabbitReport } from './report.js'
import { bringUpRabbit, runnerOf } from './running.js'
import { startRabbit } from './start.js'
import { type RabbitState, rabbitFolder, readRabbit } from './state.js'

type How = {
  readonly home: string
  /** SPILLWAY_RABBITMQ_URL. */
  readonly given: string | undefined
  readonly say: (line: string) => void
  readonly stop: AbortSignal
}

/** A RabbitMQ that answers, started only where there is none of this name yet. Throws a UserError where it cannot be had. */
export async function raiseRabbit(request: UpRequest, how: How): Promise<RabbitReport> {
  const { name, tls, rabbitVersion: version } = request
  const { home, given, say, stop } = how
  if (given) {
    say('using the RabbitMQ of SPILLWAY_RABBITMQ_URL')
    return givenRabbit(given)
  }
  const known = await readRabbit(home, name)
  if (known !== undefined) return again(known, request, how)
  await startRabbit({ name, tls, home, keep: true, stop, ...defined({ version }) }, say)
  const started = await readRabbit(home, name)
  if (started === undefined) throw new UserError(`The lab ${name} was taken down while it started`)
  return inspectRabbit(home, started)
}

async function again(state: RabbitState, request: UpRequest, { home, say, stop }: How): Promise<RabbitReport> {
  const { name, tls = false, version } = state.options
  const difference = tls !== request.tls ? 'TLS setting' : version !== request.rabbitVersion ? 'version' : undefined
  if (difference !== undefined) {
    throw new UserError(`The lab ${name} is there already, with another ${difference}`, {
      hint: `End it (\`spillway lab down --name ${name}\`), or start another beside it with --name.`,
    })
  }
  if (await runnerOf(state).isUp(state)) {
    say(`the RabbitMQ of the lab ${name} is running already`)
    return inspectRabbit(home, state)
  }
  say(`starting the RabbitMQ of the lab ${name} again, over its data`)
  return inspectRabbit(home, await bringUpRabbit(rabbitFolder(home, name), state, stop))
}
