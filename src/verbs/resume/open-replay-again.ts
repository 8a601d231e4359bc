import type { ResumeRequest } from '../../commands/requests.js'
import { parseAddress } from '../../core/address.js'
import type { ReplayPlan } from '../../core/replay-plan.js'
import { WINDOW_OVER } from '../../core/window.js'
import { resolvePlace } from '../../settings.js'
import type { ReplaySubjects } from '../replay/ends.js'
import { subjectsFrom } from '../replay/subject.js'
import { supervised } from '../replay/supervised.js'
import { untilOpen } from '../replay/window.js'
import { WindowClose } from '../replay/window-close.js'
import { replayEvents } from '../replay/work.js'
import { execute } from '../run/execute.js'
import { systemFor, type Where } from '../system.js'
import { type OpenedAgain, resuming } from './open-again.js'

/** Connects to what a replay reads and to what it sends to. Throws UserError. */
export const openReplayAgain = async (plan: ReplayPlan, request: ResumeRequest, where: Where): Promise<OpenedAgain> => {
  const close = await closeOf(plan, request, where)
  const subjects = await subjectsFrom(plan, request, where)
  try {
    return await opened(plan, {
      request,
      where: close === undefined ? where : { ...where, io: close.io },
      subjects,
      close,
    })
  } catch (error) {
    await subjects[Symbol.asyncDispose]()
    throw error
  }
}

type Asked = {
  readonly request: ResumeRequest
  readonly where: Where
  readonly subjects: ReplaySubjects
  readonly close: WindowClose | undefined
}

/** The end of the night that a nightly replay goes on in. Throws Refusal `window-shut`. */
async function closeOf(plan: ReplayPlan, request: ResumeRequest, where: Where): Promise<WindowClose | undefined> {
  const window = request.window ?? plan.window
  if (window === undefined || request.ignore.some(text => `${WINDOW_OVER} until`.startsWith(text))) return undefined
  const more = ` \`spillway resume ${plan.run} --ignore-window\` goes on now.`
  const night = await untilOpen(window, { ...where, waitMs: request.waitMs, more })
  return new WindowClose({ window, night, io: where.io })
}

/** The database of the gauges with the login that was given again, where that is the one that is read. */
const gaugesOf = ({ from, gauges }: ReplayPlan, { database }: ResumeRequest) =>
  from.kind === 'rows' && gauges?.database?.address === from.address ? database : undefined

async function opened(plan: ReplayPlan, { request, where, subjects, close }: Asked): Promise<OpenedAgain> {
  const subject = await subjects.look()
  const { io } = where
  const planned = parseAddress(plan.place)
  const own = plan.user === undefined ? planned : { ...planned, credentials: { username: plan.user } }
  const given = request.target?.credentials
  const place = await resolvePlace(given === undefined ? own : { ...own, credentials: given }, {
    io,
    config: request.config,
  })
  const target = await (await systemFor(plan)).openReplayTarget(place, request, where)
  const watched = { target, close, database: gaugesOf(plan, request), config: request.config }
  return {
    assertSamePlace: () => target.assertSamePlace(plan),
    busy: async () => undefined,
    prepare: async () => undefined,
    execute: (folder, state) =>
      execute({
        ...resuming(plan, { request, where, state }),
        folder,
        ends: {
          events: running => supervised(() => replayEvents({ subject, target }, running), running, watched),
        },
      }),
    async [Symbol.asyncDispose]() {
      await target[Symbol.asyncDispose]()
      await subjects[Symbol.asyncDispose]()
    },
  }
}
