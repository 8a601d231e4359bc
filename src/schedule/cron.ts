import { shellWord } from '../core/command-words.js'
import { CONFIG_FOLDER, comments, cronTime, head, type ScheduleSubject } from './subject.js'

/**
 * Lines for a crontab. Only cronie knows CRON_TZ, so the line asks the clock of the zone itself, at each quarter that may be its beginning somewhere: zones
 * lie quarters of an hour apart. `%` ends a command in crontab(5) unless it is escaped. Pure.
 */
export function cronLines(subject: ScheduleSubject): string {
  const { name, window, secrets } = subject
  const minute = Number(window.from.slice(3, 5))
  const quarters = [0, 15, 30, 45].map(each => (minute + each) % 60).sort((a, b) => a - b)
  const isTime = `[ "$(TZ=${shellWord(window.zone)} date +%H:%M)" = ${window.from} ]`
  return [
    ...head(subject),
    ...comments([
      `Passwords: ${secrets.map(each => `${each}=…`).join(' and ')} in ${CONFIG_FOLDER}/${name}.env, mode 0600, of the user whose crontab this is.`,
      'Lock: flock here, and one of Spillway in its home. A start while one is at work does nothing.',
      'Missed runs: cron makes up for none. The next plan warns of the rows between, with the flags that send them.',
      'Output: what a night came to goes to the system log; what went wrong comes on standard error, so cron mails it.',
    ]),
    'SHELL=/bin/sh',
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    `${quarters.join(',')} * * * * ${escaped(`${isTime} || exit 0; ${work(subject)}`)}`,
    ...comments([
      `With cronie (RHEL, Fedora, Arch) these two do the same: CRON_TZ=${window.zone}, and on the line behind it:`,
      `${cronTime(window)} ${escaped(work(subject))}`,
    ]),
    '',
  ].join('\n')
}

/** The work of a night for a shell. */
const work = ({ name, command }: ScheduleSubject): string =>
  [
    `set -a; [ ! -r ${CONFIG_FOLDER}/${name}.env ] || . ${CONFIG_FOLDER}/${name}.env; set +a;`,
    `flock -n "$HOME/.${name}.lock" spillway ${command.map(shellWord).join(' ')} | logger -t ${name}`,
  ].join(' ')

const escaped = (command: string): string => command.replaceAll('%', '\\%')
