import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { main } from '../../../src/cli.js'
import { runbookRun } from '../../../src/verbs/runbook.js'
import { fakeIo } from '../commands/fake-io.js'
import { fakeProcess } from '../commands/fake-process.js'

let home = ''
let path = ''
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'runbook-'))
  path = join(home, 'ours.md')
  await writeFile(path, RUNBOOK)
})
afterEach(() => rm(home, { recursive: true }))

const RUNBOOK = `---
title: Ours
for: a test
parameters:
  folder:
    what: folder of the test
    example: /tmp/x
  word:
    what: what is written
    default: hello
---

## 1. Look

\`\`\`sh
printf '{"run":"r-%s","list":[]}' \${word}
\`\`\`

Changes: no

Expect: \`.list\` is empty

Keep: id = .run

## 2. Stop

Stop what writes.

Changes: by hand

Gate: \`test ! -e \${folder}/writer\`

Look at: who writes.

Way back: start it again.

## 3. Write

\`\`\`sh
printf '%s' \${id} > \${folder}/written; test ! -e \${folder}/broken
\`\`\`

Changes: yes

Gate: \`ls \${folder}\`

- matches /ours/

Again: \`printf again-%s \${id} > \${folder}/written\`

Way back: \`rm \${folder}/written\`

## 4. Read

\`\`\`sh
echo "read:"; cat \${folder}/written
\`\`\`

Changes: no

Expect: matches /r-/
`

type Fields = Record<string, unknown> & { steps: (Record<string, unknown> & { name: string; state: string })[] }

type Texts = { readonly out: string; readonly err: string }
const run = async (flags: readonly string[], before?: (signal: (name: string) => void, texts: Texts) => void) => {
  const args = ['runbook', 'run', path, ...flags]
  const { proc, written, signal } = fakeProcess(args, { SPILLWAY_HOME: home, PATH: process.env.PATH ?? '' })
  before?.(signal, written)
  const code = await main(proc)
  return { code, ...written }
}
const withFolder = (...flags: string[]) => run(['--set', `folder=${home}`, ...flags])
const go = (...flags: string[]) => withFolder('--execute', '--yes', ...flags)
const file = (name: string) => join(home, name)
const written = () => readFile(file('written'), 'utf8')
const json = (text: string) => JSON.parse(text) as Fields
const states = ({ out }: { out: string }) => json(out).steps.map(({ state }) => state)
const recordOf = async () => {
  const [name = ''] = (await readdir(file('runbooks'))).filter(each => each.endsWith('.json'))
  return { id: name.replace('.json', ''), text: await readFile(join(file('runbooks'), name), 'utf8') }
}

describe('runbook run, dry', () => {
  it('prints the chain and runs nothing', async () => {
    const { code, out } = await withFolder('--set', 'word=a;b')
    expect(code).toBe(0)
    expect(out).toContain(`printf '{"run":"r-%s","list":[]}' $'a;b'`)
    expect(out).toContain(`gate      $ test ! -e ${home}/writer`)
    expect(out).toContain(`way back  rm ${home}/written`)
    expect(out).toContain("printf '%s' ${id}")
    expect(await readdir(home)).toEqual(['ours.md'])
  })

  it('prints it as JSON, with the command that runs it', async () => {
    const { out } = await withFolder('--output', 'json')
    expect(json(out)).toMatchObject({ runbook: path, state: 'planned', next: expect.stringContaining('--execute') })
    expect(
      json(out).steps.map(({ name, changes, state, exitCode, seconds }) => [name, changes, state, exitCode, seconds]),
    ).toEqual([
      ['look', false, 'planned', null, null],
      ['stop', true, 'planned', null, null],
      ['write', true, 'planned', null, null],
      ['read', false, 'planned', null, null],
    ])
  })

  it.each([
    [[], /folder: it is missing/],
    [['--set', 'folder'], /gives no name a value/],
    [['--set', 'folder='], /folder is empty/],
    [['--set', 'folder=a', '--set', 'folder=b'], /given twice/],
    [['--set', 'folder=a', '--from', 'wirte'], /no step "wirte"\n {2}Did you mean write/],
    [['--set', 'folder=a', '--from', '4', '--record', 'nosuch'], /There is no record nosuch/],
  ])('says with 2 what is wrong with %j', async (flags, words) => {
    const { code, err } = await run(flags)
    expect(err).toMatch(words)
    expect(code).toBe(2)
  })

  it('says with 2 all problems of the text, and of a name that is not there', async () => {
    await writeFile(path, RUNBOOK.replaceAll('Changes: no', 'Changes: what'))
    const broken = await withFolder()
    expect(broken.code).toBe(2)
    expect(broken.err).toContain(`${path}:19: "Changes: what" is not one of yes, no, by hand`)
    expect(broken.err).toContain(`${path}:59: "Changes: what"`)
    path = 'backlog-kafak'
    expect(await run([])).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean backlog-kafka?') })
  })
})

describe('runbook run --execute', () => {
  it('runs every step and keeps values', async () => {
    const { code, out } = await go('--set', "word=it's; $(id)")
    expect(code).toBe(0)
    expect(await written()).toBe("r-it's; $(id)")
    expect(out).toContain(`read:\nr-it's; $(id)`)
    expect(out).toMatch(/RUNBOOK .*: complete/)
    expect(JSON.parse((await recordOf()).text)).toMatchObject({
      state: 'complete',
      nextStep: null,
      kept: { id: "r-it's; $(id)" },
    })
  })

  it('prints one document with JSON, and what commands print on standard error', async () => {
    const { out, err } = await go('--output', 'json')
    expect(json(out)).toMatchObject({ state: 'complete', next: null, kept: { id: 'r-hello' } })
    expect(json(out).steps.map(({ state, exitCode }) => [state, exitCode])).toEqual([
      ['done', 0],
      ['done', null],
      ['done', 0],
      ['done', 0],
    ])
    expect(err).toContain('read:\nr-hello')
  })

  it('stops with 4 at a gate, names the way back, and goes on from there', async () => {
    await writeFile(file('writer'), '')
    const refused = await go('--output', 'json')
    expect(refused.code).toBe(4)
    expect(states(refused)).toEqual(['done', 'refused', 'planned', 'planned'])
    expect(refused.err).toContain('look at: who writes.')
    expect(refused.err).toContain('way back of stop: start it again.')
    expect(existsSync(file('written'))).toBe(false)
    const { id } = await recordOf()
    const { next } = json(refused.out)
    expect(next).toBe(`spillway runbook run ${path} --record ${id} --from stop --execute`)
    await rm(file('writer'))
    const carriedOn = await run(['--record', id, '--from', 'stop', '--execute', '--yes', '--output', 'json'])
    expect(carriedOn.code).toBe(0)
    expect(states(carriedOn)).toEqual(['done', 'done', 'done', 'done'])
    expect(await written()).toBe('r-hello')
  })

  it('asks before each step that changes something, and stops where the answer is no', async () => {
    const answers = ['yes', 'no']
    const terminal = new PassThrough()
    const { io, out } = fakeIo({ SPILLWAY_HOME: home, PATH: process.env.PATH ?? '' }, [])
    const questions: string[] = []
    const err = new PassThrough().on('data', (text: Buffer) => {
      if (!text.includes('Type yes')) return
      questions.push(String(text))
      terminal.write(`${answers.shift()}\n`)
    })
    const request = { name: path, set: new Map([['folder', home]]), execute: true, yes: false, waitMs: 0 }
    const present = { format: 'text', color: false, quiet: false } as const
    await expect(runbookRun(request, { ...io, err, in: terminal }, present)).rejects.toMatchObject({
      exitCode: 130,
      message: 'Step 3 (write): it was not confirmed',
    })
    expect(questions.map(text => text.replace(/ Type.*/s, ''))).toEqual([
      'Is it done (step 2, stop)?',
      'Go on with step 3 (write)?',
    ])
    expect(out()).toContain('== 2. Stop (stop)  BY HAND\n   Stop what writes.')
    expect(existsSync(file('written'))).toBe(false)
  })

  it('waits for a gate with --wait', async () => {
    await writeFile(file('writer'), '')
    const { code } = await run(['--set', `folder=${home}`, '--execute', '--yes', '--wait', '40s'], (_signal, texts) => {
      const watching = setInterval(() => {
        if (!texts.err.includes('waiting: exit 0: exit 1\n')) return
        clearInterval(watching)
        void rm(file('writer'))
      }, 20)
    })
    expect(code).toBe(0)
  })

  it('stops with 1 where a command fails, and runs its second command the next time', async () => {
    await writeFile(file('broken'), '')
    const failed = await go()
    expect(failed.code).toBe(1)
    expect(failed.err).toContain('Step 3 (write)')
    expect(failed.err).toContain('exit 0: exit 1')
    expect(failed.err).toMatch(/way back of write: rm .*\n.*way back of stop: start it again/)
    const { id } = await recordOf()
    expect((await run(['--record', id, '--execute', '--yes'])).code).toBe(0)
    expect(await written()).toBe('again-r-hello')
  })

  it('knows what the step that is carried on has kept itself', async () => {
    const [before, behind] = [
      '`printf again-%s ${id} > ${folder}/written`',
      '`printf again-%s-%s ${id} ${own} > ${folder}/written`',
    ]
    const printing = RUNBOOK.replace(
      "printf '%s' ${id} > ${folder}/written;",
      "printf '{\"own\":1}'; printf '%s' ${id} > ${folder}/written;",
    )
    await writeFile(
      path,
      printing.replace(before, behind).replace('Gate: `ls ${folder}`', 'Keep: own = .own\n\nGate: `ls ${folder}`'),
    )
    await writeFile(file('broken'), '')
    expect(json((await go('--output', 'json')).out)).toMatchObject({
      state: 'failed',
      kept: { id: 'r-hello', own: '1' },
    })
    const { id } = await recordOf()
    await run(['--record', id, '--execute', '--yes'])
    expect(await written()).toBe('again-r-hello-1')
  })

  it('offers no way back from before a step that has none', async () => {
    await writeFile(path, RUNBOOK.replace('`rm ${folder}/written`', 'none, it is written.'))
    await writeFile(file('broken'), '')
    const { err } = await go()
    expect(err).toContain('way back of write: none, it is written.')
    expect(err).not.toContain('way back of stop')
    await rm(file('broken'))
    await writeFile(file('writer'), '')
    expect((await go()).err).toContain('way back of stop')
  })

  it('goes on without a record where every value is given', async () => {
    expect((await go('--from', '3')).err).toContain('id: it comes from step 1 (look)')
    const { code, out } = await go('--from', '3', '--set', 'id=mine', '--output', 'json')
    expect(code).toBe(1)
    expect(states({ out })).toEqual(['skipped', 'skipped', 'done', 'failed'])
    expect(await written()).toBe('mine')
  })

  it('refuses a record that somebody is at work on', async () => {
    await writeFile(
      path,
      RUNBOOK.replace('echo "read:"', 'touch ${folder}/ready; until test -e ${folder}/go; do sleep 0.1; done'),
    )
    const running = go()
    await expect.poll(() => existsSync(file('ready')), { timeout: 20_000 }).toBe(true)
    const { id } = await recordOf()
    const second = await run(['--record', id, '--from', '4', '--execute', '--yes'])
    await writeFile(file('go'), '')
    expect(second).toMatchObject({ code: 4, err: expect.stringContaining(`at work on record ${id}`) })
    expect((await running).code).toBe(0)
  })

  it('refuses a record whose text has changed', async () => {
    await writeFile(file('writer'), '')
    await go()
    await writeFile(path, `${RUNBOOK}\n`)
    const { id } = await recordOf()
    expect(await run(['--record', id, '--execute', '--yes'])).toMatchObject({
      code: 4,
      err: expect.stringContaining('has changed since'),
    })
  })

  it('asks nobody where nobody is there', async () => {
    expect(await withFolder('--execute')).toMatchObject({ code: 2, err: expect.stringContaining('--yes') })
    expect(existsSync(file('runbooks'))).toBe(false)
  })

  it('passes a signal on, and ends with 130 and the command that carries on', async () => {
    await writeFile(
      path,
      RUNBOOK.replace('echo "read:"', 'trap "echo trapped; exit 130" INT; echo ready > ${folder}/ready; sleep 60'),
    )
    const running = run(['--set', `folder=${home}`, '--execute', '--yes'], signal => {
      const waiting = setInterval(() => {
        if (!existsSync(file('ready'))) return
        clearInterval(waiting)
        signal('SIGINT')
      }, 50)
    })
    const { code, err, out } = await running
    expect(out).toContain('trapped')
    expect(code).toBe(130)
    expect(err).toMatch(/Step 4 \(read\)[\s\S]*Carry on: .*--from read --execute/)
    expect(JSON.parse((await recordOf()).text)).toMatchObject({ state: 'stopped', nextStep: 'read' })
  })

  it('stores and shows no password, and wants it again', async () => {
    const address = 'amqp://ops:hunter22@h/q'
    await writeFile(path, RUNBOOK.replace('default: hello', 'default: hello\n  at:\n    what: address\n    example: x'))
    await writeFile(file('writer'), '')
    const refused = await go('--set', `at=${address}`)
    const { id, text } = await recordOf()
    expect(text + refused.out + refused.err).not.toContain('hunter22')
    expect(refused.err).toContain('--set at=')
    expect(await run(['--record', id, '--execute', '--yes'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('stored nowhere'),
    })
    await rm(file('writer'))
    expect((await run(['--record', id, '--set', `at=${address}`, '--execute', '--yes'])).code).toBe(0)
  })
})

describe('runbook list and show', () => {
  const call = async (...args: string[]) => {
    const { proc, written: texts } = fakeProcess(['runbook', ...args], {
      SPILLWAY_HOME: home,
      PATH: process.env.PATH ?? '',
    })
    return { code: await main(proc), ...texts }
  }

  it('lists those that come along, and what is not finished', async () => {
    await writeFile(file('writer'), '')
    await go()
    const { id } = await recordOf()
    const { code, out } = await call('list')
    expect(code).toBe(0)
    expect(out).toMatch(/^backlog-kafka +A backlog on Kafka.*\(10 steps\)\nbacklog-rabbitmq/)
    expect(out).toContain(`Not finished:\n${id} ${path}: refused at stop`)
    expect(JSON.parse((await call('list', '--output', 'json')).out)).toMatchObject({
      unfinished: [{ id, nextStep: 'stop' }],
    })
  })

  it('shows the text, or its parts', async () => {
    expect((await call('show', path)).out).toBe(RUNBOOK)
    expect(JSON.parse((await call('show', path, '--output', 'json')).out)).toMatchObject({
      title: 'Ours',
      steps: [{ name: 'look' }, {}, {}, {}],
    })
  })

  it('wants a verb', async () => {
    expect(await call()).toMatchObject({ code: 2, err: expect.stringContaining('runbook needs a verb') })
    expect(await call('lsit')).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean list') })
    expect(await call('show')).toMatchObject({ code: 2, err: expect.stringContaining('NAME') })
  })
})
