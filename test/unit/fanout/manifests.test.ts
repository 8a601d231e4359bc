import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { kubernetesManifest } from '../../../src/fanout/manifests/kubernetes.js'
import { nameOf } from '../../../src/fanout/manifests/subject.js'
import { systemdUnit } from '../../../src/fanout/manifests/systemd.js'
import { aLook, aQueueLook, aSourceLook, DRAIN } from './a-look.js'

const command = ['fanout', aLook().source, '--exec', 'echo "$(date)" %d', '--execute', '--yes']
const madeBy = 'spillway fanout RUN --as kubernetes'
const container = (text: string) => parse(text).spec.template.spec.containers[0]
const environment = (text: string) =>
  Object.fromEntries(container(text).env.map(({ name, value }: { name: string; value?: string }) => [name, value]))

describe('kubernetesManifest', () => {
  it('is YAML of a Deployment with a replica a lane', () => {
    const manifest = parse(kubernetesManifest({ look: aLook(), command, madeBy }))
    expect(manifest).toMatchObject({ apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 6 } })
    expect(manifest.spec.selector.matchLabels).toEqual(manifest.spec.template.metadata.labels)
  })

  it('has one process for a source: it is claimed, not shared', () => {
    expect(parse(kubernetesManifest({ look: aSourceLook(), command, madeBy })).spec.replicas).toBe(1)
  })

  it('tells topic, group, servers and read_committed in the environment', () => {
    expect(environment(kubernetesManifest({ look: aLook(), image: 'shop/consumer:1', madeBy }))).toEqual({
      SPILLWAY_TOPIC: `orders.spill.${DRAIN}`,
      SPILLWAY_GROUP: `spillway.${DRAIN}`,
      SPILLWAY_BOOTSTRAP: 'one:9092',
      SPILLWAY_ISOLATION_LEVEL: 'read_committed',
      SPILLWAY_PASSWORD: undefined,
    })
    const queues = environment(kubernetesManifest({ look: aQueueLook(), image: 'i', madeBy }))
    expect(queues).toMatchObject({ SPILLWAY_QUEUES: `orders.spill.${DRAIN}.00,orders.spill.${DRAIN}.01` })
    expect(queues).toMatchObject({ SPILLWAY_SERVER: 'amqp://one:5672/' })
  })

  it('runs the image as it is, or Spillway with its handler', () => {
    expect(container(kubernetesManifest({ look: aLook(), image: 'shop/consumer:1', madeBy }))).toMatchObject({
      name: 'consumer',
      image: 'shop/consumer:1',
    })
    expect(container(kubernetesManifest({ look: aLook(), image: 'i', madeBy })).args).toBeUndefined()
    const own = container(kubernetesManifest({ look: aLook(), command, madeBy }))
    // Kubernetes would fill in $(date).
    expect(own.args).toEqual([...command.slice(0, 3), 'echo "$$(date)" %d', '--execute', '--yes'])
  })

  it('takes the password from a secret', () => {
    const { env } = container(kubernetesManifest({ look: aLook(), command, madeBy }))
    const { valueFrom } = env.find(({ name }: { name: string }) => name === 'SPILLWAY_PASSWORD')
    expect(valueFrom.secretKeyRef).toMatchObject({ key: 'password', optional: true })
  })

  it('mounts the settings file where only that knows the cluster', () => {
    const look = aLook({ source: `prod/orders.spill.${DRAIN}?group=g` })
    const spec = parse(kubernetesManifest({ look, command, madeBy })).spec.template.spec
    expect(spec.volumes.map(({ name }: { name: string }) => name)).toEqual(['home', 'config'])
    expect(spec.containers[0].volumeMounts[1]).toMatchObject({ mountPath: '/etc/spillway' })
  })

  it('makes names that Kubernetes takes of any topic', () => {
    for (const topic of ['A_B.c', 'x'.repeat(249), `${'o.'.repeat(90)}.spill.${DRAIN}`]) {
      expect(nameOf(aLook({ topic }))).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/)
    }
  })
})

describe('systemdUnit', () => {
  it('quotes the command as systemd reads it', () => {
    const unit = systemdUnit({ look: aLook(), command, madeBy })
    expect(unit).toContain('--exec "echo \\"$$(date)\\" %%d" --execute --yes\n')
    expect(unit).toContain('Environment=SPILLWAY_ISOLATION_LEVEL=read_committed\n')
  })
})
