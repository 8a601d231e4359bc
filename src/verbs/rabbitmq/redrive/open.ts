import type { Place } from '../../../core/address.js'
import { asQueue } from '../../../core/address.js'
import type { QueueBacklog } from '../../../core/queue-survey.js'
import { checkSource } from '../../../drain/queue/plan/preconditions.js'
import { readerRefusals } from '../../../drain/queue/refusals/readers.js'
import { sourceItself } from '../../../drain/queue/refusals/server.js'
import { UserError } from '../../../errors.js'
import type { SourceLook } from '../../../replay/plan/options.js'
import type { ReplaySubject, ReplaySubjects } from '../../replay/ends.js'
import type { RedriveAsked } from '../../replay/redrive.js'
import type { Where } from '../../system.js'
import { openRabbit, type RabbitLinks } from '../links.js'
import { measureForPlan } from '../measure.js'
import { openQueue } from './source.js'

/** Connects to a dead-letter queue. Throws UserError: unreachable, credentials; `filter` where only some of its messages are wanted. */
export async function openDeadLetters(place: Place, asked: RedriveAsked, where: Where): Promise<ReplaySubjects> {
  const { queue } = asQueue(place.address)
  if (queue === undefined) throw new UserError('The address names no queue', { hint: 'Write amqp://host/VHOST/QUEUE.' })
  if (asked.hasFilter)
    throw new UserError('A queue hands out what it has: some of its messages cannot be left where they are', {
      code: 'filter',
      hint: 'Leave --from, --to-time, --keys and --ids away.',
    })
  const links = await openRabbit(place, asked, where)
  return {
    look: () => look(links, { place, asked }, where),
    [Symbol.asyncDispose]: () => links[Symbol.asyncDispose](),
  }
}

type Asked = { readonly place: Place; readonly asked: RedriveAsked }

async function look(links: RabbitLinks, { place, asked }: Asked, { io }: Where): Promise<ReplaySubject> {
  const survey = await measureForPlan(links, place, { io, execute: asked.execute })
  checkSource(survey)
  const { consumersStopped, toOrigin } = asked
  return {
    look: lookOf(survey, toOrigin),
    refusals: [...readerRefusals(survey, { consumersStopped }), ...sourceItself(survey)],
    origin: place,
    async open(plan, running) {
      if (running === undefined) throw noSample(survey.source)
      return openQueue(links, { survey, plan, toOrigin }, running)
    },
  }
}

const noSample = (source: string): UserError =>
  new UserError(`${source} cannot be looked into: a queue counts what it hands out as delivered`, {
    code: 'not-supported',
    hint: 'Look with the management UI, or leave --sample away.',
  })

function lookOf(survey: QueueBacklog, toOrigin: boolean): SourceLook {
  const { source, queue, total } = survey
  return {
    source,
    from: { kind: 'dead-letters', address: source, system: 'rabbitmq' },
    system: 'rabbitmq',
    lanes: [{ lane: queue.name, from: '0', to: String(total.ready), messages: total.ready }],
    isUpperBound: true,
    bytes: total.bytes ?? 0n,
    warnings: [...survey.warnings, ...(toOrigin ? TO_ORIGIN : [])],
  }
}

const TO_ORIGIN = [
  'Each message goes to the queue in which it died first, by the default exchange, so that its routing key is the name of that queue; x-death, x-first-death-* and x-last-death-* are taken off. One without them is parked',
  'An expiration that a message died of was taken off by RabbitMQ: it goes back without one',
]
