import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

type Envelope = {
  readonly run: string
  readonly state: string
  readonly ledger: { readonly [name in 'read' | 'written' | 'parked' | 'dropped']: string | number }
  readonly balanced: boolean
  readonly duplicatesAtMost: string | number
}

/** What a run says of itself, from the JSON that a command has printed. */
export type Told = {
  readonly run: string
  readonly duplicatesAtMost: number
  readonly envelope: Envelope
}

/** Throws where it is no envelope. */
export function told(printed: string): Told {
  const envelope: Envelope = JSON.parse(printed)
  return { run: envelope.run, duplicatesAtMost: Number(envelope.duplicatesAtMost), envelope }
}

/** What is wrong with the balance sheet of a complete drain of so many messages. Pure. */
export function wrongSheet({ envelope }: Told, messages: number): string[] {
  const { state, balanced, ledger } = envelope
  const found = { state, balanced, ...ledger }
  const wanted = { state: 'complete', balanced: true, read: messages, written: messages, parked: 0, dropped: 0 }
  return Object.entries(wanted)
    .filter(([name, value]) => String(found[name as keyof typeof wanted]) !== String(value))
    .map(([name, value]) => `envelope: ${name} is ${found[name as keyof typeof wanted]}, should be ${value}`)
}

/** The temporary queues of a run, from its folder. */
export async function laneQueuesOf(home: string, run: string): Promise<readonly string[]> {
  return JSON.parse(await readFile(join(home, 'runs', run, 'plan.json'), 'utf8')).laneQueues
}
