import { literal, yamlText } from '../../core/kubernetes-text.js'
import { environmentOf, isNamed, type ManifestSubject, nameOf, replicasOf } from './subject.js'

/** The image where nobody named one. */
const PLACEHOLDER = 'REGISTRY/IMAGE-WITH-SPILLWAY-AND-HANDLER:TAG'
const CONFIG = '/etc/spillway'

/**
 * A Deployment of as many replicas as there are lanes, as YAML: of Spillway with its handler, or of the user's own consumers. A password
 * comes from a Secret that the reader makes; none is in it. Pure.
 */
export const kubernetesManifest = (subject: ManifestSubject): string => {
  const { look, image = PLACEHOLDER, command, madeBy } = subject
  const name = nameOf(look)
  return [
    `# Made by: ${oneLine(madeBy)}`,
    ...notes(subject, name),
    'apiVersion: apps/v1',
    'kind: Deployment',
    'metadata:',
    `  name: ${yamlText(name)}`,
    '  labels:',
    `    app.kubernetes.io/name: ${yamlText(name)}`,
    '    app.kubernetes.io/managed-by: "spillway"',
    'spec:',
    `  replicas: ${replicasOf(look)}`,
    '  selector:',
    '    matchLabels:',
    `      app.kubernetes.io/name: ${yamlText(name)}`,
    '  template:',
    '    metadata:',
    '      labels:',
    `        app.kubernetes.io/name: ${yamlText(name)}`,
    '    spec:',
    '      # Work in hand is brought to its end, settled, and the lanes given back.',
    '      terminationGracePeriodSeconds: 90',
    '      containers:',
    `        - name: ${command === undefined ? '"consumer"' : '"spillway"'}`,
    `          image: ${yamlText(image)}`,
    ...(command === undefined ? [] : run(command)),
    '          env:',
    ...environmentOf(look).flatMap(([key, value]) => [
      `            - name: ${key}`,
      `              value: ${yamlText(value)}`,
    ]),
    ...secret(name),
    ...(command === undefined ? [] : home()),
    ...volumes(subject, name),
    '',
  ].join('\n')
}

const notes = ({ look, command }: ManifestSubject, name: string): string[] => [
  `# At most one replica a lane (${replicasOf(look)}); fewer share them. Scale to 0, or delete it, once the lanes are empty.`,
  ...(look.system === 'kafka' && command === undefined
    ? ['# The consumer must set isolation.level=read_committed, and join the group with the classic protocol.']
    : []),
  `# A password: kubectl create secret generic ${name} --from-literal=password=…`,
]

/** A container that has ended is started again, so a complete run rests until it is scaled down; 3 is complete, with parked messages. */
const run = (command: readonly string[]): string[] => [
  '          command:',
  '            - "sh"',
  '            - "-c"',
  `            - ${yamlText('spillway "$@" || [ $? -eq 3 ] && exec sleep infinity')}`,
  '            - "spillway"',
  '          args:',
  ...command.map(word => `            - ${yamlText(literal(word))}`),
]

const secret = (name: string): string[] => [
  '            - name: SPILLWAY_PASSWORD',
  '              valueFrom:',
  '                secretKeyRef:',
  `                  name: ${yamlText(name)}`,
  '                  key: "password"',
  '                  optional: true',
]

const home = (): string[] => ['            - name: SPILLWAY_HOME', '              value: "/var/lib/spillway"']

const volumes = ({ look, command }: ManifestSubject, name: string): string[] => {
  if (command === undefined) return []
  const config = isNamed(look)
  return [
    '          volumeMounts:',
    '            # Parked messages are here: a volume that outlives the pod, or --park with an address, keeps them.',
    '            - name: "home"',
    '              mountPath: "/var/lib/spillway"',
    ...(config
      ? ['            - name: "config"', `              mountPath: ${yamlText(CONFIG)}`, '              readOnly: true']
      : []),
    '      volumes:',
    '        - name: "home"',
    '          emptyDir: {}',
    ...(config
      ? [
          `        # kubectl create secret generic ${name}-config --from-file=spillway.yaml`,
          '        - name: "config"',
          '          secret:',
          `            secretName: ${yamlText(`${name}-config`)}`,
        ]
      : []),
  ]
}

const oneLine = (value: string): string => value.replace(/\s+/g, ' ')
