/** One message, in terms that every broker has: as an application wrote it, or as a reader that is not ours sees it. */
export type Message = {
  readonly key: string
  /** Base64. */
  readonly body: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** It was delivered before, as far as the broker tells. */
  readonly redelivered: boolean
}

/** Messages that nobody has read. */
export type Backlog = {
  /** The topic or queue. */
  readonly name: string
  /** Its address as an operator types it, and as Spillway shows it. */
  readonly source: string
  readonly shown: string
  readonly messages: readonly Message[]
}

/** What a source is filled with beside its messages, and how it is made. */
export type How = {
  /** Its type lets others consume while a run does. */
  readonly crowded?: boolean
  /** When message n was sent, milliseconds since the epoch; unless given Kafka has the time of now, RabbitMQ none. */
  readonly sentAt?: (n: number) => number
}

/** When a process dies: a copy is durable but not settled; it is settled but not journalled; it is journalled. */
export type Moment = 'copied' | 'settled' | 'journalled'

/** Where brokers differ by contract (DESIGN.md §2 to §5), declared so that no test needs to ask which one it has. */
export type Declared = {
  readonly name: string
  /** P3: what a plan says of duplicates, and the most that one death may leave. */
  readonly guarantee: RegExp
  readonly duplicatesPerDeath: number
  /** P4: flags of a drain that keeps order per key; none where that is the default. */
  readonly ordered: readonly string[]
  /** Flags of every verb that connects; none where the address says all. */
  readonly reach: readonly string[]
  /** P6: what `report --verify` can do: exit code and the document's field. */
  readonly verify: { readonly code: number; readonly told: object }
  /** Failpoints, `name[:n]`. */
  readonly deaths: Readonly<Record<Moment, string>>
  /** Points at which a discard is killed, one after the other. */
  readonly discardDeaths: readonly string[]
  /** Points at which a replay is killed, one after the other, and what its plan says of duplicates. */
  readonly replay: { readonly deaths: readonly string[]; readonly guarantee: RegExp }
  /** Address of all that `runs --cluster` looks at. */
  readonly cluster: string
  /** Error code of a topic or queue that is not there. */
  readonly notThere: string
  /** Address of a source called `name` at `server` (HOST:PORT), `login` in front of it. */
  address(server: string, name: string, login?: string): string
}

/**
 * A broker as the contract suite sees it. Readers and writers behind it are not ours: Kafka's Java client and kafkajs, Python's pika and
 * amqplib.
 */
export type Broker = Declared & {
  /** Makes a source and fills it. */
  backlog(messages: readonly Message[], how?: How): Promise<Backlog>
  /** What the archive in a folder holds, read by others' code; none where it is not there. */
  inArchive(folder: string): Promise<Message[]>
  /** Messages that the source still holds for its consumers. */
  left(backlog: Backlog): Promise<number>
  /** The same messages, in the order in which its consumers would get each key; consumes nothing. */
  inSource(backlog: Backlog): Promise<Message[]>
  /** What each temporary lane holds, in order; consumes nothing. */
  inLanes(backlog: Backlog): Promise<Message[][]>
  /** Handles everything in the lanes, as the users' consumers do; resolves with how many that were. */
  workOff(backlog: Backlog, run: string): Promise<number>
  /** Names of everything temporary that a run of this source has made and not taken away, claims and locks too. */
  temporary(backlog: Backlog, run?: string): Promise<string[]>
  /** All that a command which must change nothing has to leave as it was. */
  picture(backlog: Backlog): Promise<unknown>
  /** A consumer of the source, that is there when this resolves and takes no message for good; the result stops it. */
  consumer(backlog: Backlog): Promise<() => Promise<void>>
}
