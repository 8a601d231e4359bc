// Ambient types of the kafkajs 2.2.4 internals that we import; upstream publishes none for them.

declare module 'kafkajs/src/network/connection.js' {
  import type { Socket } from 'node:net'
  import type { KafkajsLogger } from 'kafkajs/src/loggers/index.js'

  type SocketFactory = (options: { host: string; port: number; ssl: object | null; onConnect: () => void }) => Socket

  class Connection {
    constructor(options: {
      host: string
      port: number
      clientId: string
      logger: KafkajsLogger
      socketFactory: SocketFactory
      ssl: object | null
      sasl: object | null
      connectionTimeout: number
      requestTimeout: number
      maxInFlightRequests: null
    })
    readonly requestQueue: {
      readonly pending: readonly unknown[]
      scheduleRequestTimeoutCheck(): void
      rejectAll(error: Error): void
      destroy(): void
    }
    readonly socket: Socket | undefined
    connect(): Promise<true>
    disconnect(): Promise<true>
    authenticate(): Promise<void>
    isConnected(): boolean
    isAuthenticated(): boolean
    nextCorrelationId(): number
    processData(chunk: Buffer): void
    setVersions(versions: Readonly<Record<number, { minVersion: number; maxVersion: number }>>): void
    setSupportAuthenticationProtocol(supported: boolean): void
  }
  export = Connection
}

declare module 'kafkajs/src/network/socketFactory.js' {
  import type { Socket } from 'node:net'

  function socketFactory(): (options: {
    host: string
    port: number
    ssl: object | null
    onConnect: () => void
  }) => Socket
  export = socketFactory
}

declare module 'kafkajs/src/loggers/index.js' {
  export type KafkajsLogger = { namespace(name: string): KafkajsLogger }
  export function createLogger(options: { level: number; logCreator: () => () => void }): KafkajsLogger
}

declare module 'kafkajs/src/network/requestQueue/index.js' {
  class RequestQueue {
    readonly pending: readonly unknown[]
    scheduleCheckPendingRequests(): void
  }
  export = RequestQueue
}
