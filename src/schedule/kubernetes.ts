import { literal, yamlText } from '../core/kubernetes-text.js'
import { CONFIG_FOLDER, comments, cronTime, head, longestSeconds, type ScheduleSubject } from './subject.js'

/** The image where nobody named one. */
const PLACEHOLDER = 'REGISTRY/IMAGE-WITH-SPILLWAY:TAG'
const HOME = '/var/lib/spillway'

/** A CronJob, as YAML. https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ (timeZone: from 1.27 on). Pure. */
export function kubernetesCronJob(subject: ScheduleSubject): string {
  const { name, window, secrets, image = PLACEHOLDER } = subject
  const longest = longestSeconds(window)
  return [
    ...head(subject),
    ...comments([
      `Passwords: kubectl create secret generic ${name} ${secrets.map(each => `--from-literal=${each}=…`).join(' ')}`,
      `Runs are kept on a volume, so that a night can carry another over: a PersistentVolumeClaim ${name}.`,
    ]),
    'apiVersion: batch/v1',
    'kind: CronJob',
    'metadata:',
    `  name: ${yamlText(name)}`,
    '  labels:',
    `    app.kubernetes.io/name: ${yamlText(name)}`,
    '    app.kubernetes.io/managed-by: "spillway"',
    'spec:',
    `  schedule: ${yamlText(cronTime(window))}`,
    `  timeZone: ${yamlText(window.zone)}`,
    '  # Lock: no second job beside one that is at work, and Spillway has a lock in its home.',
    '  concurrencyPolicy: Forbid',
    '  # Missed runs: begun late only while the window is open; behind it that night was missed, and the next plan warns of its rows.',
    `  startingDeadlineSeconds: ${longest - 4200}`,
    '  successfulJobsHistoryLimit: 3',
    '  failedJobsHistoryLimit: 7',
    '  jobTemplate:',
    '    spec:',
    '      # Not tried again: 1 to 4 want a person, and the next night carries over what is left.',
    '      backoffLimit: 0',
    '      # It ends by itself at the end of its window; this is for one that hangs.',
    `      activeDeadlineSeconds: ${longest}`,
    '      template:',
    '        metadata:',
    '          labels:',
    `            app.kubernetes.io/name: ${yamlText(name)}`,
    '        spec:',
    '          restartPolicy: Never',
    '          # The same every night: so the lock of a pod that was killed is known to be dead.',
    `          hostname: ${yamlText(name)}`,
    '          terminationGracePeriodSeconds: 90',
    '          containers:',
    '            - name: "spillway"',
    `              image: ${yamlText(image)}`,
    ...container(subject),
    ...volumes(subject),
    '',
  ].join('\n')
}

/** Waits for it also after a signal, which it is given as well; 130 is a night that stopped at the end of its window. */
const WRAPPER = [
  "t=; p=; trap 't=1; kill -TERM $p' TERM",
  'spillway "$@" & p=$!',
  // A signal that came before there was a process.
  '[ -z "$t" ] || kill -TERM $p',
  'wait $p; code=$?',
  'while kill -0 $p 2>/dev/null; do wait $p; code=$?; done',
  '[ $code -eq 130 ] && code=0',
  'exit $code',
].join('; ')

const container = ({ name, command, needsConfig }: ScheduleSubject): string[] => [
  '              command:',
  ...['sh', '-c', WRAPPER, 'spillway'].map(each => `                - ${yamlText(literal(each))}`),
  '              args:',
  ...command.map(each => `                - ${yamlText(literal(each))}`),
  '              env:',
  '                - name: SPILLWAY_HOME',
  `                  value: ${yamlText(HOME)}`,
  '              envFrom:',
  '                - secretRef:',
  `                    name: ${yamlText(name)}`,
  '                    optional: true',
  '              volumeMounts:',
  '                - name: "home"',
  `                  mountPath: ${yamlText(HOME)}`,
  ...(needsConfig
    ? [
        '                - name: "config"',
        `                  mountPath: ${yamlText(CONFIG_FOLDER)}`,
        '                  readOnly: true',
      ]
    : []),
]

const volumes = ({ name, needsConfig }: ScheduleSubject): string[] => [
  '          volumes:',
  '            - name: "home"',
  '              persistentVolumeClaim:',
  `                claimName: ${yamlText(name)}`,
  ...(needsConfig
    ? [
        `            # kubectl create secret generic ${name}-config --from-file=spillway.yaml`,
        '            - name: "config"',
        '              secret:',
        `                secretName: ${yamlText(`${name}-config`)}`,
      ]
    : []),
]
