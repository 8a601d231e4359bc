import { differences, type Envelope, readPlan } from '../sheet.js'

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
  return differences('envelope', found, wanted)
}

/** The temporary queues of a run, from its folder. */
export async function laneQueuesOf(home: string, run: string): Promise<readonly string[]> {
  return (await readPlan<{ laneQueues: readonly string[] }>(home, run)).laneQueues
}
