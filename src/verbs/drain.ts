import { writeFile } from 'node:fs/promises'
import { provePermissions } from '../brokers/kafka/admin/permissions.js'
import type { DrainRequest } from '../commands/requests.js'
import { asKafka } from '../core/address.js'
import { defined } from '../core/defined.js'
import { parseFailpoint } from '../core/failpoint.js'
import { homeFolder } from '../core/home.js'
import type { DrainPlan } from '../core/plan.js'
import { makeRunId } from '../core/run-id.js'
import type { DrainOptions } from '../drain/plan/options.js'
import { planDrain } from '../drain/plan.js'
import { drainRefusals } from '../drain/refusals.js'
import { UserError } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { createRun } from '../journal/runs.js'
import { toPrettyJson } from '../present/json.js'
import { approve } from './run/approve.js'
import { execute } from './run/execute.js'
import { openLinks } from './run/links.js'
import { otherCluster } from './run/other-cluster.js'
import { printPlan } from './run/print-plan.js'
import { surveyForPlan } from './run/survey-for-plan.js'
import { remindOf } from './runs/unrestored.js'

/** Plans a drain, shows the plan and, with `--execute`, runs it. Sets `io.exitCode`. */
export async function drain(request: DrainRequest, io: Io, present: Presentation): Promise<void> {
  parseFailpoint(io.env.SPILLWAY_FAILPOINT)
  await remindOf(io, present)
  await using links = await openLinks(
    { source: request.source, target: request.to, config: request.config },
    { io, present },
  )
  const options = optionsOf(request, io.now())
  const draw = async () => {
    const survey = await surveyForPlan(links.source, request.source, { io, execute: request.execute })
    const target = await otherCluster(links)
    const plan = planDrain(survey, { ...options, now: io.now() }, target)
    return { plan, refusals: drainRefusals(survey, plan, defined({ target })) }
  }
  const drawn = await draw()
  const { plan } = drawn
  if (request.save !== undefined) await save(plan, request.save)
  if (!request.execute) return printPlan(plan, { io, present, ...defined({ command: applyCommand(request) }) })
  const approved = await approve(drawn, { request, io, present, again: draw })
  await provePermissions({ plan: approved, ...links })
  const folder = await createRun(homeFolder(io.env), approved)
  await execute({ plan: approved, folder, ...links, mode: 'fresh', reason: request.reason, io, present })
}

/** A saved plan is run as it was reviewed. */
const applyCommand = ({ save }: DrainRequest): string | undefined =>
  save === undefined ? undefined : `spillway apply ${save} --execute`

function optionsOf(request: DrainRequest, now: Date): DrainOptions {
  const {
    factor,
    lanes,
    order,
    until,
    first,
    exactlyOnce,
    compress,
    consumersStopped,
    cutOver,
    diskFree,
    rate,
    lanesGroup,
    maxDriftPercent,
    to,
  } = request
  return {
    run: makeRunId(now),
    now,
    until,
    consumersStopped,
    cutOver,
    diskFree,
    maxDriftPercent,
    ...defined({
      order,
      factor,
      lanes,
      first,
      guarantee: exactlyOnce,
      compress,
      rate,
      lanesGroup,
      to: to && asKafka(to.address),
    }),
  }
}

async function save(plan: DrainPlan, file: string): Promise<void> {
  await writeFile(file, toPrettyJson(plan)).catch((cause: NodeJS.ErrnoException) => {
    throw new UserError(`The plan cannot be written to ${file} (${cause.code})`, {
      code: 'save',
      hint: 'Choose another place with --save.',
      cause,
    })
  })
}
