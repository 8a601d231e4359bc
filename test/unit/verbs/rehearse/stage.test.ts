import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { EXIT } from '../../../../src/errors.js'
import type { Io } from '../../../../src/io.js'
import { Stage } from '../../../../src/verbs/rehearse/stage.js'

const collecting = () => {
  const texts: string[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      texts.push(chunk.toString())
      done()
    },
  })
  return { stream, text: () => texts.join('') }
}

function stageOf(format: 'text' | 'json') {
  const [out, err] = [collecting(), collecting()]
  const stop = new AbortController()
  const io: Io = {
    out: out.stream,
    err: err.stream,
    env: {},
    in: process.stdin,
    interactive: false,
    now: () => new Date(0),
    soft: stop.signal,
    hard: stop.signal,
    exitCode: EXIT.complete,
  }
  return { stage: new Stage(io, { format, color: false, quiet: false }), out, err, stop }
}

describe('a stage', () => {
  it('shows heading, command and what the command printed', async () => {
    const { stage, out } = stageOf('text')
    await stage.verb('Points', ['failpoints'], {})
    expect(out.text()).toMatch(/^\n== 1\. Points\n\$ spillway failpoints\n\n\S/)
  })

  it('keeps standard output clean for JSON, and the result of each step', async () => {
    const { stage, out, err } = stageOf('json')
    await stage.verb('Points', ['failpoints'], {})
    expect(out.text()).toBe('')
    expect(err.text()).toContain('== 1. Points')
    expect(stage.steps).toMatchObject([{ step: 'Points', command: 'spillway failpoints', exitCode: 0 }])
    expect(stage.steps[0]?.result).toBeTypeOf('object')
  })

  it('records the step that failed, quoted as it is typed, and throws its error', async () => {
    const { stage } = stageOf('json')
    await expect(stage.verb('Wrong', ['survey', 'kafka://h/t?group=g', '--nonsense'], {})).rejects.toThrow('nonsense')
    expect(stage.steps).toMatchObject([{ command: "spillway survey 'kafka://h/t?group=g' --nonsense", exitCode: 2 }])
  })

  it('shows the first lines where they will do, and lets a command exit as it should', async () => {
    const { stage, out } = stageOf('text')
    await stage.short('Points', ['failpoints'], { env: {}, lines: 1 })
    expect(out.text()).toMatch(/^\n== 1\. Points\n\$ spillway failpoints\n\n\S.*\n…\n$/)
    await expect(stage.short('Points', ['failpoints'], { env: {}, exits: [3] })).rejects.toThrow('exit code 0')
  })

  it('goes no further once it was stopped', async () => {
    const { stage, stop } = stageOf('text')
    stop.abort(new Error('stopped'))
    await expect(stage.own('Step', 'words', async () => ({ text: '', result: 1 }))).rejects.toThrow('stopped')
  })
})
