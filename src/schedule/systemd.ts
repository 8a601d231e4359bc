import { CONFIG_FOLDER, comments, head, longestSeconds, type ScheduleSubject, WELL } from './subject.js'

/**
 * A service and the timer that starts it. Pure. Quoting: systemd.syntax(7), systemd.service(5) "Command lines"; zones and Persistent=: systemd.time(7),
 * systemd.timer(5).
 */
export function systemdUnits(subject: ScheduleSubject): string {
  const { name, title, command, window, secrets } = subject
  return [
    ...head(subject),
    ...comments([
      `Passwords: ${secrets.map(each => `${each}=…`).join(' and ')} in ${CONFIG_FOLDER}/${name}.env, mode 0600.`,
      `Then: systemctl daemon-reload && systemctl enable --now ${name}.timer`,
      '',
      `/etc/systemd/system/${name}.service`,
    ]),
    '[Unit]',
    `Description=${percent(title)}`,
    'Wants=network-online.target',
    'After=network-online.target',
    '',
    '[Service]',
    '# Lock: systemd starts a service that is at work no second time, and Spillway has one in its home.',
    'Type=exec',
    `StateDirectory=${name}`,
    `Environment=SPILLWAY_HOME=/var/lib/${name}`,
    `EnvironmentFile=-${CONFIG_FOLDER}/${name}.env`,
    `ExecStart=/usr/bin/env spillway ${command.map(word).join(' ')}`,
    '# 130: stopped at the end of the window, carried over. 3 (parked messages), 4 (not begun), 1 and 2 want a person.',
    `SuccessExitStatus=${WELL.filter(code => code !== 0).join(' ')}`,
    '# Page and transaction in hand are settled first.',
    'TimeoutStopSec=90',
    'KillMode=mixed',
    '# It ends by itself at the end of its window; this is for one that hangs.',
    `RuntimeMaxSec=${longestSeconds(window)}`,
    '',
    ...comments([`/etc/systemd/system/${name}.timer`]),
    '[Unit]',
    `Description=${percent(title)}, every night`,
    '',
    '[Timer]',
    `OnCalendar=*-*-* ${window.from}:00 ${window.zone}`,
    'AccuracySec=1s',
    '# Missed runs: a machine that was off starts it once it is up. Within the window that works; behind it is refused with 4, and the unit',
    '# is failed: that night was missed, and the next plan warns of its rows.',
    'Persistent=true',
    '',
    '[Install]',
    'WantedBy=timers.target',
    '',
  ].join('\n')
}

const percent = (text: string): string => text.replaceAll('%', '%%')

/** A word for systemd: `%` and `$` mean something to it. */
function word(value: string): string {
  const escaped = percent(value).replaceAll('$', '$$$$').replaceAll('\\', '\\\\').replaceAll('"', '\\"')
  return /^[\w@%+=:,./?&-]+$/.test(escaped) ? escaped : `"${escaped}"`
}
