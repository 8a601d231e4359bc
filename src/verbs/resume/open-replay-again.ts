import type { ResumeRequest } from '../../commands/requests.js'
import { parseAddress } from '../../core/address.js'
import type { ReplayPlan } from '../../core/replay-plan.js'
import { resolvePlace } from '../../settings.js'
import type { ReplaySubjects } from '../replay/ends.js'
import { subjectsFrom } from '../replay/subject.js'
import { replayEvents } from '../replay/work.js'
import { execute } from '../run/execute.js'
import { systemFor, type Where } from '../system.js'
import { type OpenedAgain, resuming } from './open-again.js'

/** Connects to what a replay reads and to what it sends to. Throws UserError. */
export const openReplayAgain = async (plan: ReplayPlan, request: ResumeRequest, where: Where): Promise<OpenedAgain> => {
  const subjects = await subjectsFrom(plan, request, where)
  try {
    return await opened(plan, { request, where, subjects })
  } catch (error) {
    await subjects[Symbol.asyncDispose]()
    throw error
  }
}

type Asked = { readonly request: ResumeRequest; readonly where: Where; readonly subjects: ReplaySubjects }

async function opened(plan: ReplayPlan, { request, where, subjects }: Asked): Promise<OpenedAgain> {
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
  return {
    assertSamePlace: () => target.assertSamePlace(plan),
    busy: async () => undefined,
    prepare: async () => undefined,
    execute: (folder, state) =>
      execute({
        ...resuming(plan, { request, where, state }),
        folder,
        ends: { events: running => replayEvents({ subject, target }, running) },
      }),
    async [Symbol.asyncDispose]() {
      await target[Symbol.asyncDispose]()
      await subjects[Symbol.asyncDispose]()
    },
  }
}
