import type { ReplayRequest } from '../commands/requests.js'
import type { ScheduleRequest } from '../commands/schedule.js'
import type { Place } from '../core/address.js'
import { shellWord } from '../core/command-words.js'
import { windowText } from '../core/window.js'
import { EXIT, UserError } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { toPrettyJson } from '../present/json.js'
import { splitWords } from '../runbook/words.js'
import { cronLines } from '../schedule/cron.js'
import { kubernetesCronJob } from '../schedule/kubernetes.js'
import { nextBeginnings, notesOn } from '../schedule/nights.js'
import { CONFIG_FILE, type ScheduleSubject, unitName } from '../schedule/subject.js'
import { systemdUnits } from '../schedule/systemd.js'
import { replayAgain } from './replay/command-again.js'

/** Prints the unit that runs a replay every night; connects to nothing. Sets `io.exitCode`. Throws UserError. */
export async function schedule(request: ScheduleRequest, io: Io, present: Presentation): Promise<void> {
  const subject = subjectOf(request, io.now())
  const unit = UNITS[request.as](subject)
  if (present.format === 'json') {
    const next = nextBeginnings(subject.window, io.now()).map(at => at.toISOString())
    io.out.write(toPrettyJson({ as: request.as, name: subject.name, window: subject.window, next, unit }))
  } else io.out.write(unit)
  io.exitCode = EXIT.complete
}

const UNITS: Readonly<Record<ScheduleRequest['as'], (subject: ScheduleSubject) => string>> = {
  cron: cronLines,
  systemd: systemdUnits,
  kubernetes: kubernetesCronJob,
}

function subjectOf({ replay, as, image }: ScheduleRequest, now: Date): ScheduleSubject {
  const needsConfig = replay.config === undefined && placesOf(replay).some(isNamed)
  const [, ...words] = splitWords(replayAgain(replay))
  const command = [...words, ...(needsConfig ? ['--config', CONFIG_FILE] : []), '--execute', '--quiet']
  assertAbsolute(words)
  const what = replay.to === 'origin' ? 'origin' : targetOf(replay.to)
  return {
    name: unitName(what),
    title: `Spillway replays ${what} at night (${windowText(replay.window)})`,
    command,
    window: replay.window,
    secrets: secretsOf(replay),
    needsConfig,
    madeBy: `spillway schedule ${words.map(shellWord).join(' ')} --as ${as}`,
    notes: [...notesOn(replay.window, now), ...habits(replay)],
    ...(image === undefined ? {} : { image }),
  }
}

const placesOf = ({ of, to, gauges }: ReplayRequest): readonly Reached[] => [
  ...(of.kind === 'dead-letters' || of.kind === 'rows' ? [of.place] : []),
  ...(to === 'origin' ? [] : [to]),
  ...(gauges?.database === undefined ? [] : [gauges.database]),
]

type Reached = { readonly address: { readonly kind: string; readonly cluster?: string } }

const isNamed = ({ address }: Reached): boolean => address.kind === 'named' || address.cluster !== undefined

/** The topic or queue; of a named cluster its name may be either. */
const targetOf = ({ address }: Place): string =>
  Object.entries(address)
    .filter(([field]) => ['topic', 'queue', 'name', 'cluster'].includes(field))
    .map(([, value]) => String(value))
    .at(-1) ?? 'messages'

const habits = ({ typed, of, carryOver }: ReplayRequest): string[] => [
  ...(carryOver === true
    ? []
    : ['Without --carry-over a night that did not come to its end keeps the next one from beginning.']),
  ...(of.kind !== 'rows' || typed !== undefined
    ? []
    : ['The range is the same every night: once it is sent, a start is refused with 4. --day yesterday moves on.']),
]

/** Of what spillway.yaml names, that file says which variables. */
const secretsOf = ({ of, gauges }: ReplayRequest): string[] => {
  const kinds = [of.kind === 'rows' ? of.place.address.kind : undefined, gauges?.database?.address.kind]
  const own = kinds.flatMap(kind => (kind === undefined ? [] : (PASSWORDS[kind] ?? [])))
  return [...new Set([...own, 'SPILLWAY_PASSWORD'])]
}

const PASSWORDS: Readonly<Record<string, string>> = { postgres: 'PGPASSWORD', mysql: 'MYSQL_PWD' }

const FILES = new Set(['--config', '--map', '--ids', '--hold-file', '--missing-from'])

/** A scheduler starts it in another folder. Throws UserError. */
function assertAbsolute(words: readonly string[]): void {
  const paths = words.filter((word, at) => FILES.has(words[at - 1] ?? '') || (at === 1 && word.startsWith('file:')))
  const relative = paths
    .map(word => word.replace(/^file:/, ''))
    .find(path => !path.startsWith('/') && !/^\w+:/.test(path))
  if (relative === undefined) return
  throw new UserError(`${relative} is a relative path, and a scheduler starts in another folder`, {
    hint: 'Give it from / on.',
  })
}
