import type { NightWindow } from '../core/window.js'

/** What a unit is written for. */
export type ScheduleSubject = {
  /** A name that cron, systemd and Kubernetes take. */
  readonly name: string
  /** What it does, in a few words. */
  readonly title: string
  /** Arguments of `spillway`; no password is in them. */
  readonly command: readonly string[]
  readonly window: NightWindow
  /** Variables that hold the passwords. */
  readonly secrets: readonly string[]
  /** A named cluster is reached by spillway.yaml. */
  readonly needsConfig: boolean
  readonly image?: string
  /** The command that made it, for the first line. */
  readonly madeBy: string
  /** What whoever installs it should know: when it begins next, and of the nights in which the clocks are changed. */
  readonly notes: readonly string[]
}

/** Where units of a machine look for passwords and spillway.yaml. */
export const CONFIG_FOLDER = '/etc/spillway'
export const CONFIG_FILE = `${CONFIG_FOLDER}/spillway.yaml`

/** A label of RFC 1123 of at most 52 characters: a CronJob's name leaves room for what Kubernetes adds. */
export const unitName = (target: string): string =>
  `spillway-replay-${target.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`.slice(0, 52).replace(/-+$/, '')

/** Comment lines. */
export const comments = (lines: readonly string[]): string[] =>
  lines.map(line => `# ${line.replace(/\s+/g, ' ')}`.trimEnd())

/** The first lines of every unit. */
export const head = ({ madeBy, window, notes }: ScheduleSubject): string[] =>
  comments([
    `Made by: ${madeBy}`,
    `Begins at ${window.from} and stops at ${window.to}, on the clocks of ${window.zone}.`,
    ...notes,
  ])

/** Exit codes that are a night as it should be: done, or stopped at the end of its window. */
export const WELL = [0, 130] as const

/** Seconds that a night takes at most: an hour more where the clocks are put back, and ten minutes to settle. */
export function longestSeconds({ from, to }: NightWindow): number {
  const [begin, end] = [minutes(from), minutes(to)]
  return (((end - begin + 1440) % 1440) + 60 + 10) * 60
}

const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5))

/** The beginning of a window as cron has it: minute and hour, every day. */
export const cronTime = ({ from }: Pick<NightWindow, 'from'>): string =>
  `${Number(from.slice(3, 5))} ${Number(from.slice(0, 2))} * * *`
