import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, Kafka, logLevel, ResourcePatternTypes } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KafkaLab, USERS } from '../../src/lab/kafka/options.js'
import { aBacklog, exactlyOnce, picture, runsOf, type Scene, told } from './fault-harness.js'
import { spillway, startOwn } from './kafka-lab.js'

const { LITERAL, PREFIXED } = ResourcePatternTypes
const { TOPIC, GROUP, CLUSTER, TRANSACTIONAL_ID } = AclResourceTypes
const { READ, WRITE, CREATE, DELETE, DESCRIBE, DESCRIBE_CONFIGS } = AclOperationTypes

type Grant = {
  readonly type: AclResourceTypes
  readonly name: string
  readonly pattern: ResourcePatternTypes
  readonly operation: AclOperationTypes
}

const on = (
  type: AclResourceTypes,
  name: string,
  pattern: ResourcePatternTypes,
  operations: AclOperationTypes[],
): Grant[] => operations.map(operation => ({ type, name, pattern, operation }))

/** What the plan of a drain lists. */
const wanted = ({ topic, group }: Scene) => ({
  source: on(TOPIC, topic, LITERAL, [DESCRIBE, READ, DESCRIBE_CONFIGS]),
  group: on(GROUP, group, LITERAL, [DESCRIBE, READ]),
  target: on(TOPIC, `${topic}.spill.`, PREFIXED, [DESCRIBE, CREATE, WRITE, READ, DESCRIBE_CONFIGS, DELETE]),
  id: on(TRANSACTIONAL_ID, 'spillway-', PREFIXED, [DESCRIBE, WRITE]),
  cluster: on(CLUSTER, 'kafka-cluster', LITERAL, [DESCRIBE, DESCRIBE_CONFIGS]),
})

describe.each(['4.1', '3.9'] as const)('a user without every right on Kafka %s', version => {
  let lab: KafkaLab
  let scene: Scene
  const admin = () =>
    new Kafka({
      brokers: lab.brokers,
      logLevel: logLevel.NOTHING,
      sasl: { mechanism: 'plain', username: 'admin', password: USERS.admin },
    }).admin()

  beforeAll(async () => {
    lab = await startOwn({ version, sasl: 'plain', acl: true })
    scene = await aBacklog(lab, { records: 2000 })
    await spillway(['drain', '--help'])
  })
  afterAll(() => lab.stop())

  /** Exactly these rights, and no others. */
  async function grant(grants: readonly Grant[]): Promise<void> {
    const client = admin()
    await client.connect()
    const principal = 'User:limited'
    const any = { host: '*', principal, permissionType: AclPermissionTypes.ALLOW }
    const all = {
      resourceType: AclResourceTypes.ANY,
      resourcePatternType: ResourcePatternTypes.ANY,
      operation: AclOperationTypes.ANY,
    }
    await client.deleteAcls({ filters: [{ ...any, ...all }] })
    await client.createAcls({
      acl: grants.map(({ type, name, pattern, operation }) => ({
        ...any,
        resourceType: type,
        resourceName: name,
        resourcePatternType: pattern,
        operation,
      })),
    })
    await client.disconnect()
  }

  const drainAs = (user: keyof typeof USERS) => workAs(user, 'drain')

  async function workAs(user: keyof typeof USERS, verb: 'drain' | 'fanout' | 'discard', ...more: string[]) {
    const file = join(scene.home, 'spillway.yaml')
    const sasl = { mechanism: 'plain', username: user, password: '${LAB_PASSWORD}' }
    await writeFile(file, JSON.stringify({ clusters: { lab: { brokers: lab.brokers, sasl } } }))
    const source = `lab/${scene.topic}?group=${scene.group}`
    const flags = ['--execute', '--consumers-stopped', '--yes', '--output', 'json', '--config', file]
    const finished = await spillway([verb, source, ...more, ...flags], {
      home: scene.home,
      env: { LAB_PASSWORD: USERS[user] },
    })
    expect(finished.stdout + finished.stderr).not.toContain(USERS[user])
    return finished
  }

  const all = () => Object.values(wanted(scene)).flat()
  const without = (type: AclResourceTypes, operation?: AclOperationTypes, pattern: ResourcePatternTypes = LITERAL) =>
    all().filter(
      each =>
        each.type !== type || each.pattern !== pattern || (operation !== undefined && each.operation !== operation),
    )

  const cases: [string, () => Grant[], RegExp][] = [
    ['Read on the source', () => without(TOPIC, READ), /Grant Read on Topic fault/],
    ['anything on the source', () => without(TOPIC), /topic/i],
    ['DescribeConfigs on the source', () => without(TOPIC, DESCRIBE_CONFIGS), /Grant DescribeConfigs on Topic fault/],
    ['Read on the group', () => without(GROUP, READ), /Grant Read on Group fault/],
    ['anything on the group', () => without(GROUP), /Grant (Read|Describe) on Group fault/],
    [
      'the transactional ids',
      () => without(TRANSACTIONAL_ID, undefined, PREFIXED),
      /Grant Write on TransactionalId spillway-/,
    ],
    ['Create on the temporary topic', () => without(TOPIC, CREATE, PREFIXED), /Grant Create on Topic fault/],
    ['Write on the temporary topic', () => without(TOPIC, WRITE, PREFIXED), /Grant Write on Topic fault/],
    [
      'DescribeConfigs on the temporary topic',
      () => without(TOPIC, DESCRIBE_CONFIGS, PREFIXED),
      /Grant DescribeConfigs on Topic fault/,
    ],
  ]
  it.each(cases)('who lacks %s is told which, and nothing has changed', async (_, grants, hint) => {
    await grant(grants())
    const before = await picture(scene)
    const began = Date.now()
    const finished = await drainAs('limited')
    expect(Date.now() - began).toBeLessThan(15_000)
    expect(finished.code, finished.stdout).toBe(2)
    const { error } = told(finished)
    expect(`${error?.message} ${error?.hint}`).toMatch(hint)
    expect(finished.stderr.match(/^spillway: /gm)).toHaveLength(1)
    expect(await picture(scene)).toEqual(before)
    expect(await runsOf(scene.home)).toEqual([])
  })

  it.each(cases.filter(([what]) => /^Read/.test(what)))(
    'who lacks %s is told so by a fan-out before it begins',
    async (_, grants, hint) => {
      await grant(grants())
      const before = await picture(scene)
      const finished = await workAs('limited', 'fanout', '--exec', 'true')
      expect(finished.code, finished.stdout).toBe(2)
      const { error } = told(finished)
      expect(`${error?.message} ${error?.hint}`).toMatch(hint)
      expect(await picture(scene)).toEqual(before)
      expect(await runsOf(scene.home)).toEqual([])
    },
  )

  it('who lacks Delete on the source is told so by a discard that frees disk before it begins', async () => {
    await grant(all())
    const before = await picture(scene)
    const finished = await workAs('limited', 'discard', '--all', '--free-disk', '--confirm', scene.topic)
    expect(finished.code, finished.stdout).toBe(2)
    const { error } = told(finished)
    expect(`${error?.message} ${error?.hint}`).toMatch(/Grant Delete on Topic fault/)
    expect(await picture(scene)).toEqual(before)
    expect(await runsOf(scene.home)).toEqual([])
  })

  it('has what the plan lists: it completes', async () => {
    await grant(all())
    const finished = await drainAs('limited')
    expect(finished.code, finished.stdout + finished.stderr).toBe(0)
    const file = join(scene.home, 'admin.properties')
    const login = `username="admin" password="${USERS.admin}"`
    const jaas = `sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required ${login};`
    await writeFile(file, `security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\n${jaas}\n`)
    await exactlyOnce(scene, told(finished).run, ['--config', file])
  })
})
