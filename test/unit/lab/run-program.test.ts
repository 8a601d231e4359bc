import { expect, it } from 'vitest'
import { lastLines, runProgram } from '../../../src/lab/run-program.js'

it('keeps both streams, and standard output apart', async () => {
  const lines: string[] = []
  const ended = await runProgram('sh', ['-c', 'echo out; echo err >&2; exit 3'], { onLine: line => lines.push(line) })
  expect(ended).toMatchObject({ code: 3, stdout: 'out\n' })
  expect(lines.sort()).toEqual(['err', 'out'])
})

it('ends with 127 where the program is not there, with 126 where it may not be run, and with null after its deadline', async () => {
  expect((await runProgram('no-such-program', [])).code).toBe(127)
  expect((await runProgram('/etc/passwd', [])).code).toBe(126)
  expect((await runProgram('sleep', ['30'], { timeout: 50 })).code).toBeNull()
})

it('leaves out empty lines and Java’s stack frames', () => {
  expect(lastLines('a\n\nb: went wrong\n\tat kafka.Kafka.main(Kafka.scala)\nc\n', 2)).toEqual(['b: went wrong', 'c'])
})
