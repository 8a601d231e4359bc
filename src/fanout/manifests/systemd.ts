import { environmentOf, type ManifestSubject, nameOf, replicasOf } from './subject.js'

/**
 * A template unit of systemd that runs the fan-out; each instance takes its share of the lanes. A password comes from a file that only root
 * reads. Pure. Quoting: systemd.syntax(7), systemd.service(5) "Command lines".
 */
export const systemdUnit = ({ look, command = [], madeBy }: ManifestSubject): string => {
  const name = nameOf(look)
  return [
    `# Made by: ${madeBy.replace(/\s+/g, ' ')}`,
    `# Save as /etc/systemd/system/${name}@.service; then up to ${replicasOf(look)} of: systemctl start ${name}@1`,
    `# A password: SPILLWAY_PASSWORD=… in /etc/spillway/${name}.env, mode 0600.`,
    '[Unit]',
    `Description=Spillway works ${look.topic} (%i)`,
    'Wants=network-online.target',
    'After=network-online.target',
    '',
    '[Service]',
    'Type=exec',
    ...environmentOf(look).map(([key, value]) => `Environment=${word(`${key}=${value}`)}`),
    `Environment=${word(`SPILLWAY_HOME=/var/lib/${name}`)}`,
    `StateDirectory=${name}`,
    `EnvironmentFile=-/etc/spillway/${name}.env`,
    `ExecStart=/usr/bin/env spillway ${command.map(word).join(' ')}`,
    '# 3 is complete, with parked messages; 2 and 4 want a person.',
    'SuccessExitStatus=3',
    'Restart=on-failure',
    'RestartSec=5',
    'RestartPreventExitStatus=2 4',
    '# Work in hand is brought to its end, settled, and the lanes given back.',
    'TimeoutStopSec=90',
    'KillMode=mixed',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n')
}

/** A word for systemd: `%` and `$` mean something to it. */
const word = (value: string): string => {
  const escaped = value.replaceAll('%', '%%').replaceAll('$', '$$$$').replaceAll('\\', '\\\\').replaceAll('"', '\\"')
  return /^[\w@%+=:,./?&-]+$/.test(escaped) ? escaped : `"${escaped}"`
}
