import { shellWord } from '../core/command-words.js'
import { WIDTH, wrap } from './layout.js'

/** A comment of a shell, as many lines as it needs. */
export const comment = (text: string): string =>
  wrap(text, WIDTH - 2)
    .map(line => `# ${line}`)
    .join('\n')

/** What some commands must say, above them. */
export const entry = (text: string, commands: readonly string[]): string => [comment(text), ...commands].join('\n')

/** host:port,… of a Kafka address; a placeholder where it was given by a cluster's name. */
export const bootstrap = (address: string): string => {
  const [, brokers] = /^kafka:\/\/(?:[^/@]*@)?([^/?]+)/.exec(address) ?? []
  return brokers === undefined ? 'HOST:PORT' : shellWord(brokers)
}
