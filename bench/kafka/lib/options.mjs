import { parseArgs } from 'node:util'
import { names, positive } from '../../lib/arguments.mjs'
import { DEFAULT_MOVERS, MOVERS } from '../movers/all.mjs'
import { BASE_SETS, SETS } from './sets.mjs'

export const USAGE = `npm run bench:kafka -- [options]
  --sets ${BASE_SETS.join(',')}     also: ${Object.keys(SETS)
    .filter(name => !BASE_SETS.includes(name))
    .join(', ')}
  --movers A,B,…           default: ${DEFAULT_MOVERS.join(',')}; also: ${Object.keys(MOVERS)
    .filter(name => !DEFAULT_MOVERS.includes(name))
    .join(', ')}
  --rounds 3               every mover runs once a round, in turn
  --records-scale 1        0.1 copies a tenth of each set
  --startup-runs 3         copies of 30 records, to know each mover's start-up
  --broker HOST:PORT       a broker that already runs on this machine (see serve.mjs)
  --check                  print each goal with its measured ratio
  --no-write               leave bench/results alone`

const numeric = { type: 'string' }

/**
 * Options of every bench command.
 * @param {string[]} argv arguments after the script's name
 */
export function readOptions(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      sets: { type: 'string', default: BASE_SETS.join(',') },
      set: { type: 'string' },
      movers: { type: 'string', default: DEFAULT_MOVERS.join(',') },
      mover: { type: 'string' },
      rounds: { ...numeric, default: '3' },
      'records-scale': { ...numeric, default: '1' },
      'startup-runs': { ...numeric, default: '3' },
      broker: { type: 'string' },
      check: { type: 'boolean', default: false },
      'no-write': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  return {
    help: values.help,
    sets: names(values.set ?? values.sets, SETS, '--sets'),
    movers: names(values.mover ?? values.movers, MOVERS, '--movers'),
    rounds: positive(values.rounds, '--rounds'),
    scale: positive(values['records-scale'], '--records-scale'),
    startupRuns: positive(values['startup-runs'], '--startup-runs'),
    broker: values.broker,
    check: values.check,
    write: !values['no-write'],
  }
}
