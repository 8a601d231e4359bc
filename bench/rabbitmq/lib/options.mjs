import { parseArgs } from 'node:util'
import { names, positive } from '../../lib/arguments.mjs'
import { DEFAULT_MOVERS, MOVERS } from '../movers/all.mjs'
import { SETS } from './sets.mjs'

export const USAGE = `npm run bench:rabbitmq -- [options]
  --sets ${Object.keys(SETS).join(',')}
  --movers A,B,…           default: ${DEFAULT_MOVERS.join(',')}
  --rounds 3               every mover runs once a round, in turn
  --records-scale 1        0.1 copies a tenth of each set
  --startup-runs 3         copies of 30 messages, to know each mover's start-up
  --version 4              RabbitMQ 4.0, fetched by the lab; default: the machine's own
  --broker HOST:PORT       a node that already runs on this machine, guest may log in (see serve.mjs)
  --management URL         its management API; default http://HOST:15672
  --check                  print each goal with its measured figure
  --no-write               leave bench/results alone`

/**
 * Options of every bench command.
 * @param {string[]} argv arguments after the script's name
 */
export function readOptions(argv) {
  const text = (byDefault = undefined) => ({ type: 'string', ...(byDefault && { default: byDefault }) })
  const flag = { type: 'boolean', default: false }
  const { values } = parseArgs({
    args: argv,
    options: {
      sets: text(Object.keys(SETS).join(',')),
      set: text(),
      movers: text(DEFAULT_MOVERS.join(',')),
      mover: text(),
      rounds: text('3'),
      'records-scale': text('1'),
      'startup-runs': text('3'),
      version: text(),
      broker: text(),
      management: text(),
      check: flag,
      'no-write': flag,
      help: { ...flag, short: 'h' },
    },
  })
  if (values.version !== undefined && values.version !== '4') throw new Error('--version can be 4 only')
  return {
    help: values.help,
    sets: names(values.set ?? values.sets, SETS, '--sets'),
    movers: names(values.mover ?? values.movers, MOVERS, '--movers'),
    rounds: positive(values.rounds, '--rounds'),
    scale: positive(values['records-scale'], '--records-scale'),
    startupRuns: positive(values['startup-runs'], '--startup-runs'),
    place: { version: values.version, broker: values.broker, management: values.management },
    check: values.check,
    write: !values['no-write'],
  }
}
